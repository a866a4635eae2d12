import ArgumentParser
import AudioFiles
import Foundation
import TestSupport
import Testing

@testable import AudioLMCommand

/// The whole verb on a stand-in model: files, lengths, formats and reports.
@Suite struct ContinueTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: [String], model: ToneModel = ToneModel()) async throws {
        try await ContinueCommand.parse(arguments + ["--quiet"]).run { _ in ChosenModel(model) }
    }

    /// Every sample of the file as libsndfile has it.
    private func samples(_ url: URL) throws -> [Double] {
        var reader = try AudioFileReader(contentsOf: url)
        return try reader.read(frames: .max)
    }

    @Test(arguments: [8000, 11025, 24000, 44100, 48000, 96000], [1, 2])
    func snippetIsUntouchedAndLengthExact(rate: Int, channels: Int) async throws {
        for format in [SampleFormat.pcm8, .pcm16, .pcm24, .pcm32, .float, .double] {
            let input = folder.file("s.wav")
            try chord(seconds: 1.5, rate: rate, channels: channels).write(to: input, samples: format)
            try await run([input.path, "--seconds", "0.7", "--force"])
            let output = folder.file("s.continued.wav")
            let reader = try AudioFileReader(contentsOf: output)
            #expect(reader.sampleRate == rate)
            #expect(reader.channelCount == channels)
            #expect(reader.samples == format)
            let original = try samples(input)
            let result = try samples(output)
            #expect(result.count == original.count + channels * Int((0.7 * Double(rate)).rounded()))
            #expect(result.prefix(original.count).elementsEqual(original))
            let peak = result.dropFirst(original.count).map(abs).max() ?? 0
            #expect(peak > 0.02 && peak < 1)
        }
    }

    @Test func aRecorderThatWentOnIsNotContinued() async throws {
        let input = folder.file("s.wav")
        func write(silence seconds: Int) throws {
            let sound = chord(seconds: 3, rate: 24000).channels[0]
            let rest = [Float](repeating: 0, count: seconds * 24000)
            try AudioBuffer(mono: sound + rest, sampleRate: 24000).write(to: input)
        }
        try write(silence: 15)
        await #expect(throws: AudioFileError.endsSilent(path: input.path, seconds: 15)) {
            try await run([input.path, "--seconds", "1"])
        }
        try write(silence: 4)
        await #expect(throws: AudioFileError.endsSilent(path: input.path, seconds: 4)) {
            try await run([input.path, "--seconds", "1", "--prompt-seconds", "4.5"])
        }
        #expect(try folder.contents == ["s.wav"])
        try await run([input.path, "--seconds", "1"])
    }

    @Test(arguments: ["flac", "aiff", "ogg", "opus", "mp3"])
    func everyContainerInAndOut(extension name: String) async throws {
        let input = folder.file("s.\(name)")
        try chord(seconds: 2, rate: 44100, channels: 2).write(to: input)
        let snippet = try AudioBuffer(contentsOf: input)
        let toWav = folder.file("out.wav")
        try await run([input.path, "--seconds", "1", "-o", toWav.path])
        let joined = try AudioBuffer(contentsOf: toWav)
        #expect(joined.sampleRate == snippet.sampleRate)
        #expect(joined.frameCount == snippet.frameCount + snippet.sampleRate)
        #expect(fidelity(joined.frames(0..<snippet.frameCount), to: snippet) > 100)
        let toSame = folder.file("out.\(name)")
        try await run([input.path, "--seconds", "1", "-o", toSame.path])
        #expect(try AudioBuffer(contentsOf: toSame).frameCount == joined.frameCount)
    }

    @Test func onlyTheContinuation() async throws {
        let input = folder.file("s.wav")
        try chord(seconds: 3, rate: 44100).write(to: input)
        try await run([input.path, "--seconds", "1.25", "--only-continuation"])
        #expect(try AudioBuffer(contentsOf: folder.file("s.continued.wav")).frameCount == 55125)
    }

    @Test func variationsDifferAndSeedsRepeat() async throws {
        let input = folder.file("s.wav")
        try chord(seconds: 1, rate: 24000).write(to: input)
        try await run([input.path, "--seconds", "1", "--variations", "2", "--seed", "5"])
        #expect(try folder.contents == ["s.continued.1.wav", "s.continued.2.wav", "s.wav"])
        try await run([input.path, "--seconds", "1", "--seed", "6"])
        let second = try Data(contentsOf: folder.file("s.continued.2.wav"))
        #expect(try Data(contentsOf: folder.file("s.continued.wav")) == second)
        #expect(try Data(contentsOf: folder.file("s.continued.1.wav")) != second)
        let snippet = try AudioBuffer(contentsOf: input)
        for name in ["s.continued.1.wav", "s.continued.2.wav"] {
            let sound = try AudioBuffer(contentsOf: folder.file(name))
            #expect(sound.frameCount == 48000)
            #expect(sound.frames(0..<24000) == snippet)
        }
    }

    @Test func existingOutputsNeedForce() async throws {
        let input = folder.file("s.wav")
        try chord(seconds: 1, rate: 24000).write(to: input)
        let output = folder.file("s.continued.wav")
        try "precious".write(to: output, atomically: true, encoding: .utf8)
        await #expect(throws: AudioFileError.outputExists(path: output.path)) { try await run([input.path]) }
        #expect(try String(contentsOf: output, encoding: .utf8) == "precious")
        try await run([input.path, "--seconds", "1", "--force"])
        #expect(try AudioBuffer(contentsOf: output).frameCount == 48000)
    }

    @Test func cancellationLeavesNothing() async throws {
        let input = folder.file("s.wav")
        try chord(seconds: 1, rate: 24000).write(to: input)
        let command = try ContinueCommand.parse([input.path, "--quiet"])
        let task = Task { try await command.run { _ in ChosenModel(ToneModel(stalls: true)) } }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try folder.contents == ["s.wav"])
    }

    /// While the models are at work already.
    @Test func aSnippetThatIsGoneWhenItIsCopiedLeavesNothing() async throws {
        let input = folder.file("s.wav")
        try chord(seconds: 1, rate: 24000).write(to: input)
        let command = try ContinueCommand.parse([input.path, "--quiet", "--variations", "2"])
        await #expect(throws: AudioFileError.self) {
            try await command.run { _ in
                try FileManager.default.removeItem(at: input)
                return ChosenModel(ToneModel(stalls: true))
            }
        }
        #expect(try folder.contents == [])
    }
}
