import AudioFiles
import Foundation
import Testing

@testable import AudioLM

/// Joins of a snippet with what continues it: no click, right length, level and balance.
@Suite struct SeamTests {
    private static func tone(_ frequency: Double, from start: Double, seconds: Double, rate: Int) -> [Float] {
        (0..<Int((seconds * Double(rate)).rounded())).map {
            0.3 * Float(sin(2 * .pi * frequency * (start + Double($0) / Double(rate))))
        }
    }

    /// The largest second difference: a click shows in it as a spike.
    private static func roughness(_ samples: ArraySlice<Float>) -> Float {
        zip(zip(samples, samples.dropFirst()), samples.dropFirst(2))
            .reduce(0) { max($0, abs($1.0.0 - 2 * $1.0.1 + $1.1)) }
    }

    @Test(arguments: [8000, 11025, 24000, 44100, 48000, 96000], [0.5, 2.0317])
    func lengthIsExact(rate: Int, seconds: Double) throws {
        let tail = AudioBuffer(mono: Self.tone(220, from: 0, seconds: 1.5, rate: rate), sampleRate: rate)
        let seam = try Seam(after: tail, modelRate: 24000)
        #expect(abs(seam.prompt.count - 36000) <= 1)
        let generated = Self.tone(220, from: 1.5, seconds: seconds, rate: 24000)
        let result = try seam.continuation(generated, seconds: seconds)
        #expect(result.sampleRate == rate)
        #expect(result.frameCount == Int((seconds * Double(rate)).rounded()))
    }

    /// Shorter than a cross-fade, or than both fades.
    @Test(arguments: [8000, 24000, 44100], [0, 0.0001, 0.003, 0.01, 0.02, 0.022])
    func aMomentIsFadedInAndOut(rate: Int, seconds: Double) throws {
        let tail = AudioBuffer(mono: Self.tone(220, from: 0, seconds: 1.5, rate: rate), sampleRate: rate)
        let generated = Self.tone(220, from: 1.5, seconds: seconds, rate: 24000)
        let samples = try Seam(after: tail, modelRate: 24000).continuation(generated, seconds: seconds)
            .channels[0]
        #expect(samples.count == Int((seconds * Double(rate)).rounded()))
        #expect(samples.allSatisfy { $0.isFinite && abs($0) <= 1 })
        #expect(samples.isEmpty || samples.last == 0)
    }

    @Test(arguments: [8000, 11025, 24000, 44100, 48000, 96000], [0, 0.001, 0.0023])
    func noClick(rate: Int, jump: Double) throws {
        let snippet = Self.tone(220, from: 0, seconds: 2, rate: rate)
        let seam = try Seam(after: AudioBuffer(mono: snippet, sampleRate: rate), modelRate: 24000)
        // The models go on with the same tone, but `jump` seconds ahead of its phase.
        let generated = Self.tone(220, from: 2 + jump, seconds: 1, rate: 24000)
        let joined = snippet + (try seam.continuation(generated, seconds: 1).channels[0])
        let around = joined[snippet.count - rate / 20..<snippet.count + rate / 20]
        let elsewhere = Self.roughness(snippet[rate / 2..<rate])
        #expect(Self.roughness(around) < 1.5 * elsewhere + 1e-3)
    }

    @Test func continuesTheSameToneExactly() throws {
        let rate = 44100
        let snippet = Self.tone(330, from: 0, seconds: 2, rate: rate)
        let seam = try Seam(after: AudioBuffer(mono: snippet, sampleRate: rate), modelRate: 24000)
        let result = try seam.continuation(
            Self.tone(330, from: 2, seconds: 1, rate: 24000), seconds: 1
        ).channels[0]
        let expected = Self.tone(330, from: 2, seconds: 1, rate: rate)
        let worst = zip(result, expected).dropLast(rate / 50).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        #expect(worst < 0.01)
    }

    @Test func balanceAndPolarityAreKept() throws {
        let mono = Self.tone(220, from: 0, seconds: 2, rate: 48000)
        let generated = Self.tone(220, from: 2, seconds: 1, rate: 24000)
        for (left, right) in [(Float(1), Float(0.25)), (1, 0), (1, -1), (0.5, 0.5)] {
            let tail = AudioBuffer(
                channels: [mono.map { $0 * left }, mono.map { $0 * right }], sampleRate: 48000)
            let result = try Seam(after: tail, modelRate: 24000).continuation(
                generated.map { $0 * (left + right == 0 ? left : (left + right) / 2) }, seconds: 1)
            let expected = Self.tone(220, from: 2, seconds: 1, rate: 48000)
            for (channel, factor) in zip(result.channels, [left, right]) {
                let worst = zip(channel, expected).dropLast(1000)
                    .reduce(Float(0)) { max($0, abs($1.0 - factor * $1.1)) }
                #expect(worst < 0.02, "\(left) \(right)")
            }
        }
    }

    @Test(arguments: [8000, 24000, 44100], [1, 997, 24000])
    func piecesGiveTheWhole(rate: Int, piece: Int) throws {
        let mono = Self.tone(220, from: 0, seconds: 1.2, rate: rate)
        let tail = AudioBuffer(channels: [mono, mono.map { -0.5 * $0 }], sampleRate: rate)
        var generated = Self.tone(220, from: 1.2, seconds: 0.7, rate: 24000)
        for i in 5000..<5100 { generated[i] *= 8 }
        let seam = try Seam(after: tail, modelRate: 24000)
        let whole = try seam.continuation(generated, seconds: 0.6)
        var stream = try seam.stream(seconds: 0.6)
        var channels: [[Float]] = [[], []]
        func add(_ sound: AudioBuffer) {
            for (index, samples) in sound.channels.enumerated() { channels[index] += samples }
        }
        for start in stride(from: 0, to: generated.count, by: piece) {
            add(try stream.append(Array(generated[start..<min(start + piece, generated.count)])))
        }
        add(try stream.finish())
        #expect(channels.map(\.count) == whole.channels.map(\.count))
        for (a, b) in zip(channels.joined(), whole.channels.joined()) { #expect(abs(a - b) < 1e-6) }
    }

    /// Loud sound before what is heard keeps a quiet end from nothing.
    @Test func theLevelIsThatOfWhatIsHeard() throws {
        let loud = Self.tone(220, from: 0, seconds: 2, rate: 24000)
        let quiet = Self.tone(220, from: 2, seconds: 2, rate: 24000).map { $0 * 0.01 }
        let tail = AudioBuffer(mono: loud + quiet, sampleRate: 24000)
        let seam = try Seam(after: tail, heardSeconds: 1.5, modelRate: 24000)
        #expect(abs((seam.prompt.suffix(36_000).map(abs).max() ?? 0) - 0.5) < 0.01)
        #expect(try Seam(after: tail, modelRate: 24000).prompt.suffix(36_000).allSatisfy { abs($0) < 0.01 })
    }

    @Test func quietSnippetsAreRaisedAndLoweredAgain() throws {
        let quiet = Self.tone(220, from: 0, seconds: 2, rate: 24000).map { $0 * 0.01 }
        let seam = try Seam(after: AudioBuffer(mono: quiet, sampleRate: 24000), modelRate: 24000)
        let peak = try #require(seam.prompt.map(abs).max())
        #expect(abs(peak - 0.5) < 0.01)
        let generated = Self.tone(220, from: 2, seconds: 1, rate: 24000).map { $0 * 0.5 / 0.3 }
        let result = try seam.continuation(generated, seconds: 1)
        let level = try #require(result.channels[0].map(abs).max())
        #expect(abs(level - 0.003) < 0.0003)
    }

    @Test func peaksAreTurnedDownAndTheRestIsLeftAlone() throws {
        let tail = AudioBuffer(mono: Self.tone(220, from: 0, seconds: 2, rate: 24000), sampleRate: 24000)
        var generated = Self.tone(220, from: 2, seconds: 2, rate: 24000)
        for i in 24000..<24100 { generated[i] *= 8 }
        let seam = try Seam(after: tail, modelRate: 24000)
        let result = try seam.continuation(generated, seconds: 2).channels[0]
        let peak = try #require(result.map(abs).max())
        #expect(peak <= Seam.ceiling)
        #expect(peak > 0.9 * Seam.ceiling)
        #expect(zip(result[12000..<20000], generated[12000..<20000]).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func aSnippetBeyondFullScaleGoesOnAsLoud() throws {
        let rate = 44100
        let snippet = Self.tone(220, from: 0, seconds: 2, rate: rate).map { $0 * 20 }
        let seam = try Seam(after: AudioBuffer(mono: snippet, sampleRate: rate), modelRate: 24000)
        let generated = Self.tone(220, from: 2, seconds: 1, rate: 24000).map { $0 * 0.5 / 0.3 }
        let joined = snippet + (try seam.continuation(generated, seconds: 1).channels[0])
        let elsewhere = Self.roughness(snippet[rate / 2..<rate])
        #expect(
            Self.roughness(joined[snippet.count - rate / 20..<snippet.count + rate / 20]) < 1.5 * elsewhere)
        let peak = try #require(joined[(snippet.count + rate / 4)...].map(abs).max())
        #expect(abs(peak - 6) < 0.1)
    }

    @Test func anOffsetGoesOnAndIsNotHeard() throws {
        let rate = 44100
        let offsets: [Float] = [0.2, -0.05]
        let mono = Self.tone(441, from: 0, seconds: 2, rate: rate)
        func tail(_ offsets: [Float]) -> AudioBuffer {
            AudioBuffer(channels: offsets.map { offset in mono.map { $0 + offset } }, sampleRate: rate)
        }
        let seam = try Seam(after: tail(offsets), modelRate: 24000)
        let plain = try Seam(after: tail([0, 0]), modelRate: 24000)
        #expect(zip(seam.prompt, plain.prompt).allSatisfy { abs($0 - $1) < 1e-5 })
        let generated = Self.tone(441, from: 2, seconds: 1, rate: 24000)
        let (sound, expected) = try (
            seam.continuation(generated, seconds: 1), plain.continuation(generated, seconds: 1)
        )
        for (channel, offset) in offsets.enumerated() {
            // What the linear prediction of a pure tone says in 32 bits is not quite the same.
            let worst = zip(sound.channels[channel], expected.channels[channel]).dropLast(rate / 100)
                .reduce(Float(0)) { max($0, abs($1.0 - $1.1 - offset)) }
            #expect(worst < 1e-3)
        }
    }

    @Test func whatGoesToIntegersKeepsToFullScale() throws {
        let snippet = Self.tone(220, from: 0, seconds: 2, rate: 24000).map { $0 * 5 }
        let seam = try Seam(after: AudioBuffer(mono: snippet, sampleRate: 24000), modelRate: 24000)
        let generated = Self.tone(220, from: 2, seconds: 1, rate: 24000).map { $0 * 0.5 / 0.3 }
        var stream = try seam.stream(seconds: 1, clips: true)
        let sound = try stream.append(generated).channels[0] + stream.finish().channels[0]
        let peak = try #require(sound.map(abs).max())
        #expect(peak <= 1 && peak > 0.9)
    }

    @Test(arguments: [-1, .nan, .infinity])
    func impossibleLengthsThrow(seconds: Double) throws {
        let seam = try Seam(
            after: AudioBuffer(mono: Self.tone(220, from: 0, seconds: 2, rate: 24000), sampleRate: 24000),
            modelRate: 24000)
        #expect(throws: ContinuationError.self) { try seam.continuation([0], seconds: seconds) }
    }

    @Test func extrapolationNeverGrows() {
        var generator = SystemRandomNumberGenerator()
        for kind in 0..<4 {
            let signal: [Float] = (0..<2400).map { i in
                switch kind {
                case 0: Float.random(in: -1...1, using: &generator)
                case 1: 0
                case 2: i == 2399 ? 1 : 0
                default: Float(i) / 2400
                }
            }
            let result = extrapolated(signal[...], by: 2400, order: 256)
            #expect(result.count == 2400)
            #expect(result.allSatisfy { $0.isFinite && abs($0) < 4 }, "\(kind)")
        }
    }
}
