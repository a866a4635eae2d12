import AudioFiles
import Foundation
import TestSupport
import Testing

/// The built tools on the bundle of tiny networks in Tests/Fixtures.
@Suite struct BundleRunTests {
    let folder: TemporaryFolder
    let bundle = Fixtures.path("tiny_bundle")

    init() throws {
        folder = try TemporaryFolder()
        try chord(seconds: 3, rate: 44100, channels: 2).write(to: folder.file("s.wav"), samples: .pcm24)
    }

    private func run(_ arguments: String..., tool: String = "audiolm") throws -> ToolProcess.Outcome {
        try ToolProcess(tool, arguments + ["--model", bundle], in: folder.url).outcome()
    }

    @Test func bothToolsAreOneAndSeedsDecide() throws {
        let first = try run(
            "continue", "s.wav", "--seconds", "1.5", "--seed", "3", "--threads", "1", "-o", "a.wav")
        #expect(first.code == 0 && first.errors.isEmpty)
        #expect(first.output.contains("a.wav: 3.0 s of s.wav, then 1.5 s new (seed 3,"))
        let same = try run(
            "s.wav", "--seconds", "1.5", "--seed", "3", "--threads", "2", "-o", "b.wav", tool: "continue")
        #expect(same.code == 0)
        #expect(try run("continue", "s.wav", "--seconds", "1.5", "--seed", "4", "-o", "c.wav").code == 0)
        let sound = try Data(contentsOf: folder.file("a.wav"))
        #expect(try Data(contentsOf: folder.file("b.wav")) == sound)
        #expect(try Data(contentsOf: folder.file("c.wav")) != sound)
        let joined = try AudioBuffer(contentsOf: folder.file("a.wav"))
        #expect(joined.frameCount == 44100 * 9 / 2)
        #expect(try joined.frames(0..<44100 * 3) == AudioBuffer(contentsOf: folder.file("s.wav")))
        #expect(joined.channels.allSatisfy { $0.allSatisfy { abs($0) < 1 } })
    }

    @Test func samplingOptionsChangeTheTokens() throws {
        var results: Set<Data> = []
        let choices: [[String]] = [
            [], ["--temperature", "0"], ["--temperature", "coarse=0"], ["--top-k", "2"],
            ["--top-p", "semantic=0.1,coarse=0.1"], ["--prompt-seconds", "1"], ["--candidates", "1"],
        ]
        for choice in choices {
            let arguments =
                ["continue", "s.wav", "--seconds", "1", "--seed", "3", "--force", "--model", bundle] + choice
            #expect(try ToolProcess("audiolm", arguments, in: folder.url).outcome().code == 0)
            results.insert(try Data(contentsOf: folder.file("s.continued.wav")))
        }
        #expect(results.count == choices.count)
    }

    @Test func jsonTellsWhatWasDone() throws {
        let outcome = try run("continue", "s.wav", "--seconds", "2", "--json", "--quiet")
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let report = try #require(object)
        #expect(report["output"] as? String == "s.continued.wav")
        #expect(report["seconds"] as? Double == 2)
        #expect(report["seed"] is NSNumber)
        let stages = try #require(report["stage_seconds"] as? [String: Double])
        #expect(Set(stages.keys) == ["prompt", "semantic", "coarse", "fine", "decoding"])
        #expect((report["tokens"] as? [String: Int])?["semantic"] ?? 0 >= 50)
        #expect(report["real_time_factor"] as? Double ?? 0 > 0)
        let again = try run(
            "continue", "s.wav", "--seconds", "2", "--seed", "\(report["seed"] ?? "")", "-o", "again.wav",
            "--quiet")
        #expect(again.output.isEmpty && again.errors.isEmpty)
        #expect(
            try Data(contentsOf: folder.file("again.wav")) == Data(contentsOf: folder.file("s.continued.wav"))
        )
    }

    @Test func otherVerbs() throws {
        #expect(
            try run("tokenize", "s.wav").output == "s.tokens.json: 75 semantic tokens, 153 acoustic frames\n")
        #expect(try run("detokenize", "s.tokens.json").output == "s.decoded.wav: 3.0 s\n")
        #expect(try AudioBuffer(contentsOf: folder.file("s.decoded.wav")).frameCount == 72000)
        #expect(
            try run("detokenize", "s.wav", "-o", "x.wav").errors.first?.contains("no usable token file")
                == true)
        #expect(try run("info").output.contains("coarse_stage.safetensors"))
        let verification = try run("verify", "--json")
        #expect(verification.code == 0)
        #expect(verification.output.contains("\"passed\":true"))
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func interruptionStopsAtOnceAndLeavesNothing(signal: Int32) throws {
        let running = try ToolProcess(
            "audiolm", ["continue", "s.wav", "--seconds", "3600", "--model", bundle], in: folder.url)
        try running.awaitPart(in: folder)
        kill(running.process.processIdentifier, signal)
        let outcome = running.outcome()
        // Of a run that went on to its end it would be 0.
        #expect(outcome.code == 130)
        #expect(outcome.output.isEmpty && outcome.errors.isEmpty)
        #expect(try folder.contents == ["s.wav"])
    }

    /// Each way of damaging a bundle is refused in one line that names the file.
    @Test(arguments: [
        ("missing", "fine_stage.safetensors"), ("truncated", "fine_stage.safetensors"),
        ("other shapes", "fine_stage.safetensors"), ("overflowing offsets", "semantic_stage.safetensors"),
        ("huge header", "coarse_stage.safetensors"), ("no JSON", "config.json"),
    ])
    func damagedBundles(damage: String, file: String) throws {
        let copy = folder.file("tiny_bundle")
        try FileManager.default.copyItem(atPath: bundle, toPath: copy.path)
        try FileManager.default.copyItem(
            atPath: Fixtures.path("tiny_codec"), toPath: folder.file("tiny_codec").path)
        let part = copy.appendingPathComponent(file)
        let whole = try Data(contentsOf: part)
        switch damage {
        case "missing": try FileManager.default.removeItem(at: part)
        case "truncated": try whole.dropLast(100).write(to: part)
        case "other shapes":
            try Data(contentsOf: copy.appendingPathComponent("coarse_stage.safetensors")).write(to: part)
        case "overflowing offsets":
            var header = "{\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4294967296],"
            header += "\"data_offsets\":[0,18446744073709551615]}}"
            var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
            bytes += Data(header.utf8)
            try bytes.write(to: part)
        case "huge header": try (Data(repeating: 0x7F, count: 8) + whole.dropFirst(8)).write(to: part)
        default: try Data("{".utf8).write(to: part)
        }
        let before = try folder.contents
        let outcome = try ToolProcess(
            "continue", ["s.wav", "--model", "./tiny_bundle"], in: folder.url
        ).outcome()
        #expect(outcome.code == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.count == 1)
        #expect(outcome.errors.first?.contains(file) == true, "\(outcome.errors)")
        #expect(try folder.contents == before)
    }
}
