import Foundation
import Tensors

/// The steady noise behind a prompt, which goes on behind its continuation: comfort noise, as speech codecs have it
/// (ITU-T G.729 annex B). Tokens of a few bits leave it out of pauses, and silence where a room was is heard at once.
struct RoomTone: Sendable {
    /// Seconds of the quietest stretch, which is taken for the noise alone.
    private static let stretch = 0.2
    /// Decibels that the stretch must lie below the prompt as a whole; else there is no pause to hear the room in.
    private static let depth = 15.0
    /// Decibels that will do where the stretch is surely noise, the room being nearly as loud as the voice, and the
    /// seconds of a prompt that it takes to be sure.
    private static let (depthOfNoise, lengthOfNoise) = (4.0, 3.0)
    /// Noise has more stretches as quiet, within so many decibels: this share of all.
    private static let (evenness, evenShare) = (2.0, 0.05)
    /// Of what no linear prediction tells of noise, the correlation with itself a period of any voice before.
    private static let mostPeriodic = 0.08
    /// Hertz.
    private static let voices = 60.0...400.0
    private static let order = 32
    /// Width of an even distribution of variance 1.
    private static let evenSpread = 12.0.squareRoot()

    private let coefficients: [Double]
    private let deviation: Double
    /// The last samples, as many as there are coefficients.
    private var past: [Double]
    private var generator = SeededGenerator(seed: 0)
    /// Samples until the noise has forgotten that it began in silence.
    private let beginning: Int

    /// Nil where the prompt has no pause, or one of digital silence.
    init?(of prompt: [Float], sampleRate: Int) {
        let length = Int(Self.stretch * Double(sampleRate))
        let step = max(length / 10, 1)
        guard prompt.count > length else { return nil }
        let powers = stride(from: 0, through: prompt.count - length, by: step).map {
            (start: $0, power: Self.power(prompt[$0..<$0 + length]))
        }
        guard let quietest = powers.min(by: { $0.power < $1.power }), quietest.power > 1e-10 else {
            return nil
        }
        let depth = 10 * log10(Self.power(prompt[...]) / quietest.power)
        guard depth > Self.depthOfNoise else { return nil }
        let noise = prompt[quietest.start..<quietest.start + length].map(Double.init)
        let coefficients = burgCoefficients(noise, order: Self.order)
        let order = coefficients.count
        let errors = (order..<noise.count).map { n in
            coefficients.indices.reduce(noise[n]) { $0 - coefficients[$1] * noise[n - 1 - $1] }
        }
        let isEven =
            powers.count { $0.power < quietest.power * pow(10, Self.evenness / 10) }
            >= Int(Self.evenShare * Double(powers.count))
        let isLong = Double(prompt.count) >= Self.lengthOfNoise * Double(sampleRate)
        guard depth > Self.depth || (isLong && isEven && !Self.isPeriodic(errors, sampleRate: sampleRate))
        else { return nil }
        self.coefficients = coefficients
        deviation = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
        past = [Double](repeating: 0, count: order)
        beginning = length
    }

    /// Noise of its own, as if it had sounded for long.
    func started(seed: UInt64) -> RoomTone {
        var started = self
        started.generator = SeededGenerator(seed: seed, stream: 4)
        var unheard = [Float](repeating: 0, count: beginning)
        started.add(to: &unheard)
        return started
    }

    /// Adds the next samples of the noise.
    mutating func add(to samples: inout [Float]) {
        let order = coefficients.count
        var noise = past + [Double](repeating: 0, count: samples.count)
        noise.withUnsafeMutableBufferPointer { noise in
            coefficients.withUnsafeBufferPointer { coefficients in
                for index in samples.indices {
                    let place = order + index
                    // The ear does not tell evenly distributed numbers from normal ones.
                    var sample = deviation * Self.evenSpread * (Double(generator.nextUniform()) - 0.5)
                    for k in 0..<order { sample += coefficients[k] * noise[place - 1 - k] }
                    noise[place] = sample
                    samples[index] += Float(sample)
                }
            }
        }
        past = Array(noise.suffix(order))
    }

    private static func isPeriodic(_ errors: [Double], sampleRate: Int) -> Bool {
        let energy = errors.reduce(0) { $0 + $1 * $1 }
        let periods =
            Int(Double(sampleRate) / voices.upperBound)...Int(Double(sampleRate) / voices.lowerBound)
        return periods.contains { period in
            let product = zip(errors, errors.dropFirst(period)).reduce(0) { $0 + $1.0 * $1.1 }
            return product > mostPeriodic * energy
        }
    }

    private static func power(_ samples: ArraySlice<Float>) -> Double {
        samples.reduce(0.0) { $0 + Double($1 * $1) } / Double(samples.count)
    }
}
