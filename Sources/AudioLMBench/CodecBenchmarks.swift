import Foundation
import SoundStream
import Tensors

/// Ten seconds of decaying tones in noise through a codec and back, whole and frame by frame.
func codecBenchmarks(_ codec: Codec, on pool: WorkerPool) throws -> [Measurement] {
    let (rate, hop) = (codec.configuration.sampleRate, codec.configuration.hop)
    let samples = tones(seconds: 10, rate: rate)
    let sound = Double(samples.count) / Double(rate)
    let codes = codec.encode(samples: samples, on: pool)
    func measurement(_ name: String, _ body: () -> Void) -> Measurement {
        Measurement(name: name, microseconds: median(of: 5, on: pool, body) * 1e6, soundSeconds: sound)
    }
    let whole = [
        measurement("codec, encoding") { _ = codec.encode(samples: samples, on: pool) },
        measurement("codec, decoding") { _ = try? codec.decode(codes: codes, on: pool) },
        measurement("codec, encoding frame by frame") {
            var state = codec.makeEncoderState()
            for start in stride(from: 0, to: samples.count - hop, by: hop) {
                _ = codec.encode(samples: Array(samples[start..<start + hop]), &state, on: pool)
            }
        },
        measurement("codec, decoding frame by frame") {
            var state = codec.makeDecoderState()
            for frame in 0..<codes.count {
                _ = try? codec.decode(codes: codes[frame..<frame + 1], &state, on: pool)
            }
        },
    ]
    let parts = try codec.parts(of: samples, on: pool).map { measurement("codec, \($0.name)", $0.run) }
    return whole + parts
}

/// Chords that begin every half second and fade, in faint noise.
func tones(seconds: Int, rate: Int) -> [Float] {
    var random = SeededGenerator(seed: 1)
    return (0..<seconds * rate).map { i in
        let time = Double(i) / Double(rate)
        let since = time.truncatingRemainder(dividingBy: 0.5)
        let sum = (1...20).reduce(0.0) { $0 + sine(2 * .pi * 110 * Double($1) * time) / Double($1) }
        return Float(0.1 * sum * exponential(-3 * since)) + 0.001 * random.nextNormal()
    }
}
