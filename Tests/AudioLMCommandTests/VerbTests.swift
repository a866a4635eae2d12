import ArgumentParser
import AudioFiles
import AudioLM
import Foundation
import TestSupport
import Testing

@testable import AudioLMCommand

@Suite struct VerbTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func tokensAndBack() throws {
        let input = folder.file("s.wav")
        try chord(seconds: 2, rate: 44100, channels: 2).write(to: input)
        try TokenizeCommand.parse([input.path, "--quiet"]).run { _ in ChosenModel(ToneModel()) }
        let tokens = folder.file("s.tokens.json")
        #expect(try TokenFile(contentsOf: tokens).tokens.acoustic.count == 100)
        try DetokenizeCommand.parse([tokens.path, "--quiet", "--levels", "5"]).run { ToneModel() }
        let sound = try AudioBuffer(contentsOf: folder.file("s.decoded.wav"))
        #expect(sound.frameCount == 48000)
        #expect(abs(sound.channels[0][100] - 0.05) < 0.001)
        #expect(throws: AudioFileError.self) {
            try DetokenizeCommand.parse([tokens.path, "--quiet"]).run { ToneModel() }
        }
    }

    @Test func semanticTokensAloneGiveNoSound() throws {
        let input = folder.file("s.wav")
        try chord(seconds: 2, rate: 24000).write(to: input)
        try TokenizeCommand.parse([input.path, "--quiet", "--only-semantic"]).run { _ in
            ChosenModel(ToneModel())
        }
        let tokens = folder.file("s.tokens.json")
        let found = try TokenFile(contentsOf: tokens).tokens
        #expect(found.semantic.count == 50)
        #expect(found.acoustic.isEmpty)
        #expect(throws: TokenFileError.self) {
            try DetokenizeCommand.parse([tokens.path, "--quiet"]).run { ToneModel() }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("s.decoded.wav").path))
    }

    @Test func resynthesisTakesAVoice() throws {
        let input = folder.file("s.wav")
        try chord(seconds: 2, rate: 44100, channels: 2).write(to: input)
        let voice = folder.file("v.wav")
        try chord(seconds: 1.5, rate: 8000).write(to: voice)
        let output = folder.file("s.resynthesized.wav")
        func run(_ arguments: String...) throws -> AudioBuffer {
            try ResynthesizeCommand.parse([input.path, "--quiet", "--force"] + arguments)
                .run { _ in ChosenModel(ToneModel()) }
            return try AudioBuffer(contentsOf: output)
        }
        #expect(try run().frameCount == 48000)
        #expect(try run("--voice", voice.path).frameCount == 36000)
        #expect(throws: AudioFileError.self) {
            try ResynthesizeCommand.parse([input.path, "--quiet"]).run { _ in ChosenModel(ToneModel()) }
        }
    }

    @Test func aVoiceIsNotOverwritten() throws {
        let (input, voice) = (folder.file("s.wav"), folder.file("v.wav"))
        for file in [input, voice] { try chord(seconds: 2, rate: 24000).write(to: file) }
        for file in [input, voice] {
            #expect(throws: AudioFileError.outputIsInput(path: file.path)) {
                try ResynthesizeCommand.parse(
                    [input.path, "--voice", voice.path, "-o", file.path, "--force"]
                ).run { _ in ChosenModel(ToneModel()) }
            }
        }
    }

    @Test func informationIsATable() {
        let lines = InfoCommand.lines(InformationReport(ToneModel().information))
        #expect(lines.contains("  codec  12.3 M parameters  23.5 MB  codec.safetensors"))
        #expect(lines.last == "kernels reference, 1 threads")
    }

    @Test func progressTellsStageShareAndTime() {
        var bar = ProgressBar(label: "1/2 ", isShown: false)
        bar.show(ContinuationProgress(stage: .prompt, done: 1, total: 1))
        bar.show(ContinuationProgress(stage: .semantic, done: 10, total: 10))
        bar.show(ContinuationProgress(stage: .coarse, done: 60, total: 100))
        let line = bar.line(.coarse, elapsed: .seconds(10))
        #expect(
            line == "1/2 " + String(repeating: "█", count: 15) + String(repeating: "░", count: 15)
                + " 50 %  coarse, 11 s left")
    }

    @Test func bundlesAreFoundByNameAndPath() throws {
        func bundle(_ path: String) throws -> String {
            let url = folder.file(path)
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            try Data("{}".utf8).write(to: url.appendingPathComponent("config.json"))
            return url.standardizedFileURL.path
        }
        let installed = try bundle("prefix/share/audiolm/Models/piano")
        var locator = BundleLocator(
            environment: [:], workingFolder: folder.file("elsewhere"),
            executable: folder.file("prefix/bin/audiolm"))
        #expect(try locator.folder(of: "piano").standardizedFileURL.path == installed)
        let near = try bundle("elsewhere/Models/piano")
        #expect(try locator.folder(of: "piano").standardizedFileURL.path == near)
        let named = try bundle("mine/piano")
        locator.environment = ["AUDIOLM_MODELS": folder.file("mine").path]
        #expect(try locator.folder(of: "piano").standardizedFileURL.path == named)
        #expect(try locator.folder(of: named).standardizedFileURL.path == named)
        // A folder that happens to be there is not what a name means, unless nothing else is.
        _ = try bundle("elsewhere/piano")
        #expect(try locator.folder(of: "piano").standardizedFileURL.path == named)
        let own = try bundle("elsewhere/own")
        #expect(try locator.folder(of: "own").standardizedFileURL.path == own)
        #expect(throws: BundleNotFound.self) { try locator.folder(of: "harp") }
        #expect(throws: BundleNotFound.self) { try locator.folder(of: "./harp") }
    }

    @Test func errorsAreOneLine() {
        #expect(Tool.oneLine("a\nb\r\nc") == "a b c")
    }
}
