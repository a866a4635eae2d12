import ArgumentParser
import AudioFiles
import Comparison
import Foundation
import TestSupport
import Testing

@testable import AudioLMCommand

/// The verb `compare`: its options, its refusals, and one run without a model.
@Suite struct CompareTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for (place, seconds) in [("p", 2.0), ("real", 6), ("x", 6)] {
            try FileManager.default.createDirectory(at: folder.file(place), withIntermediateDirectories: true)
            for name in ["a", "b"] {
                try chord(seconds: seconds, rate: 24000).write(to: folder.file("\(place)/\(name).wav"))
            }
        }
    }

    private func parse(_ more: String...) throws -> CompareCommand {
        try CompareCommand.parse(["p", "--systems", "x=x"] + more)
    }

    @Test func options() throws {
        let command = try CompareCommand.parse([
            "p", "--systems", "a=dir/a,b=c=d,truth,loop", "--reference", "r", "-o", "out",
            "--seconds", "12", "--seed", "9", "--listen", "3", "--partial", "--blind", "7", "--answers", "x",
            "y",
        ])
        #expect(
            command.systems.items == [
                .folder(name: "a", path: "dir/a"), .folder(name: "b", path: "c=d"), .reference(.truth),
                .reference(.loop),
            ])
        #expect(command.measuring.shard == nil && command.measuring.seconds == 12)
        #expect(try parse("--shard", "2/5").measuring.shard == Shard(argument: "2/5"))
        #expect(command.listening.blind == 7 && command.listening.answers == ["x", "y"])
        #expect(command.output == "out" && command.reference == "r" && command.measuring.partial)
    }

    @Test(arguments: [
        ["--shard", "1/2", "--blind", "5"], ["--shard", "1/2", "--answers", "x"], ["--shard", "0/2"],
        ["--shard", "3/2"], ["--shard", "1"], ["--seconds", "1"], ["--seconds", "nan"],
        ["--listen", "-1"], ["--threads", "0"], ["--blind", "0"], ["--systems", "nothing"],
        ["--systems", "a="],
        ["--training-tokens", "x"],
    ])
    func refused(_ options: [String]) {
        #expect(throws: (any Error).self) { try CompareCommand.parse(["p", "--systems", "x=x"] + options) }
    }

    @Test func fromFoldersToFilesAndInShards() throws {
        let arguments = [
            "compare", "p", "--systems", "x=x,truth,other,loop", "--reference", "real", "-o", "out",
            "--seconds", "6",
        ]
        let shard = try ToolProcess("audiolm", arguments + ["--shard", "1/2"], in: folder.url).outcome()
        #expect(shard.code == 0 && shard.output == "shard 1/2: 1 prompts measured into out/cache\n")
        let whole = try ToolProcess("audiolm", arguments + ["--blind", "2"], in: folder.url).outcome()
        #expect(whole.code == 0 && whole.errors.isEmpty)
        #expect(whole.output.hasPrefix("out/index.html: 2 prompts, 4 systems\n"))
        let made = try FileManager.default.contentsOfDirectory(atPath: folder.file("out").path).sorted()
        #expect(made == ["blind-key.json", "blind.html", "cache", "index.html", "report.csv", "report.json"])
    }

    @Test(arguments: [
        (["none", "--systems", "x=x"], "no such folder: none"),
        (["p", "--systems", "x=none"], "no such folder: none"),
        (["p", "--systems", "truth"], "--reference"),
        (["p", "--systems", "x=x,x=real"], "two systems are named x"),
        (["p", "--systems", "codec", "--reference", "real"], "--model"),
        (["p", "--systems", "acoustic"], "--model"),
        (["p", "--systems", "x=x", "--model", "./none"], "no model bundle ./none"),
        (["p", "--systems", "x=x", "--answers", "none.json"], "none.json"),
    ])
    func refusalsAreOneLine(arguments: [String], mention: String) throws {
        let outcome = try ToolProcess("audiolm", ["compare"] + arguments, in: folder.url).outcome()
        #expect(outcome.code == 1 && outcome.output.isEmpty)
        #expect(
            outcome.errors.count == 1 && outcome.errors.first?.contains(mention) == true, "\(outcome.errors)")
    }
}
