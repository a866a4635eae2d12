import AudioFiles
import Foundation
import TestSupport
import Testing

/// The built tools as a person meets them: exit codes, one line on stderr, nothing written.
@Suite struct ToolTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ tool: String, _ arguments: [String]) throws -> ToolProcess.Outcome {
        try ToolProcess(tool, arguments, in: folder.url).outcome()
    }

    /// Expects a refusal that mentions `words` and leaves the folder as it was.
    private func expectRefusal(_ arguments: [String], mentions words: String, code: Int32 = 1) throws {
        let before = try folder.contents
        for (tool, lead) in [("continue", []), ("audiolm", ["continue"])] {
            let outcome = try run(tool, lead + arguments)
            #expect(outcome.code == code, "\(arguments)")
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.count == 1)
            #expect(outcome.errors.first?.hasPrefix("Error: ") == true)
            #expect(outcome.errors.first?.contains(words) == true, "\(outcome.errors)")
            #expect(try folder.contents == before)
        }
    }

    @Test func badFiles() throws {
        try expectRefusal(["none.wav"], mentions: "no such file: none.wav")
        try Data("not sound at all\n".utf8).write(to: folder.file("text.wav"))
        try expectRefusal(["text.wav"], mentions: "not a sound file")
        try Data().write(to: folder.file("empty.wav"))
        try expectRefusal(["empty.wav"], mentions: "zero length")
        try chord(seconds: 2, rate: 16000).write(to: folder.file("whole.wav"))
        try Data(contentsOf: folder.file("whole.wav")).prefix(20000).write(to: folder.file("cut.wav"))
        try expectRefusal(["cut.wav"], mentions: "truncated")
        try chord(seconds: 2, rate: 16000, level: 0).write(to: folder.file("silent.wav"))
        try expectRefusal(["silent.wav"], mentions: "silent")
        let nan = AudioBuffer(mono: [Float](repeating: .nan, count: 32000), sampleRate: 16000)
        try nan.write(to: folder.file("nan.wav"), samples: .float)
        try expectRefusal(["nan.wav"], mentions: "NaN")
        try chord(seconds: 0.9, rate: 16000).write(to: folder.file("short.wav"))
        try expectRefusal(["short.wav"], mentions: "at least 1.0 s")
        try FileManager.default.createDirectory(at: folder.file("bare"), withIntermediateDirectories: true)
        try expectRefusal(["bare"], mentions: "no sound files")
    }

    @Test func badOptions() throws {
        try chord(seconds: 2, rate: 16000).write(to: folder.file("s.wav"))
        for seconds in ["0", "-3", "1e9", "nan"] {
            try expectRefusal(["s.wav", "--seconds", seconds], mentions: "--seconds must be", code: 64)
        }
        try expectRefusal([], mentions: "snippet", code: 64)
        try expectRefusal(["s.wav", "--bogus"], mentions: "--bogus", code: 64)
        try expectRefusal(["s.wav", "--top-p", "7"], mentions: "--top-p", code: 64)
    }

    @Test func badOutputs() throws {
        try chord(seconds: 2, rate: 16000).write(to: folder.file("s.wav"))
        try expectRefusal(["s.wav", "-o", "s.wav", "--force"], mentions: "is the input itself")
        try expectRefusal(["s.wav", "-o", "no/folder/out.wav"], mentions: "its folder does not exist")
        try expectRefusal(["s.wav", "-o", "s.wav/out.wav"], mentions: "cannot write s.wav/out.wav")
        try expectRefusal(["s.wav", "-o", "."], mentions: "it is a folder")
        try expectRefusal(["s.wav", "-o", "out.xyz"], mentions: "extension")
        try "keep".write(to: folder.file("s.continued.wav"), atomically: true, encoding: .utf8)
        try expectRefusal(["s.wav"], mentions: "--force")
    }

    @Test func badBundles() throws {
        try chord(seconds: 2, rate: 16000).write(to: folder.file("s.wav"))
        try expectRefusal(["s.wav", "--model", "no-such-bundle"], mentions: "no model bundle no-such-bundle")
        try expectRefusal(["s.wav", "--model", "./here"], mentions: "no model bundle ./here")
        try FileManager.default.createDirectory(at: folder.file("bad"), withIntermediateDirectories: true)
        try Data("{".utf8).write(to: folder.file("bad/config.json"))
        try expectRefusal(["s.wav", "--model", "./bad"], mentions: "config.json")
    }

    @Test func helpAndVersion() throws {
        for tool in ["continue", "audiolm"] {
            let help = try run(tool, ["--help"])
            #expect(help.code == 0 && help.errors.isEmpty && help.output.contains("USAGE: \(tool)"))
            #expect(try run(tool, ["--version"]).output == "0.1.0\n")
        }
        #expect(try run("audiolm", []).output.contains("SUBCOMMANDS"))
    }
}
