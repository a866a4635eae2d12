import ArgumentParser
import AudioLM
import Foundation
import Testing

@testable import AudioLMCommand

/// Every option of every verb parses to what it says, and refuses what it must.
@Suite struct OptionTests {
    private func parse(_ line: String) throws -> ContinueCommand {
        try ContinueCommand.parse(line.split(separator: " ").map(String.init))
    }

    @Test func defaults() throws {
        let command = try parse("snippet.wav")
        #expect(command.snippet == "snippet.wav")
        #expect(command.continuation.seconds == 20)
        #expect(command.continuation.seed == nil)
        #expect(command.continuation.variations == 1)
        #expect(command.continuation.promptSeconds == nil)
        #expect(!command.continuation.onlyContinuation)
        #expect(command.sampling.options().isEmpty)
        #expect(command.model.model == "auto")
        #expect(command.model.threads == nil)
        #expect(!command.output.force && !command.output.json && !command.output.quiet)
    }

    @Test func everyOption() throws {
        let command = try parse(
            "a.flac --seconds 7.5 --seed 12 --variations 3 --prompt-seconds 4 --candidates 8 --only-continuation --model speech "
                + "--threads 2 -o b.ogg --force --json --quiet")
        #expect(command.continuation.seconds == 7.5)
        #expect(command.continuation.seed == 12)
        #expect(command.continuation.variations == 3)
        #expect(command.continuation.promptSeconds == 4)
        #expect(command.continuation.candidates == 8)
        #expect(command.continuation.onlyContinuation)
        #expect(command.model.model == "speech")
        #expect(command.model.threads == 2)
        #expect(command.output.output == "b.ogg")
        #expect(command.output.force && command.output.json && command.output.quiet)
    }

    @Test func samplingPerStage() throws {
        let options = try parse(
            "a.wav --temperature 0.9 --top-k semantic=50,fine=1 --top-p coarse=0.95 --min-p fine=0.1"
        )
        .sampling.options()
        #expect(
            options == [
                .semantic: SamplingOptions(temperature: 0.9, topK: 50), .coarse: SamplingOptions(topP: 0.95),
                .fine: SamplingOptions(topK: 1, minP: 0.1),
            ])
    }

    @Test(arguments: [
        "", "--seconds 0", "--seconds 1e-20", "--seconds -1", "--seconds 1e9", "--seconds nan",
        "--seconds inf", "--seconds ten",
        "--seed -1", "--seed 1.5", "--variations 0", "--variations 101", "--candidates 0", "--candidates 65",
        "--prompt-seconds 0.5",
        "--prompt-seconds nan", "--threads 0", "--threads 1000", "--temperature -1", "--temperature nan",
        "--temperature loud=1", "--temperature semantic=1,semantic=2", "--temperature semantic=",
        "--top-k -1",
        "--top-k 2000", "--top-k 1.5", "--top-p 0", "--top-p 1.1", "--top-p semantic=nan", "--min-p -0.1",
        "--min-p 1.1", "--unknown", "-o",
    ])
    func refused(options: String) {
        #expect(throws: (any Error).self) { try parse(options.isEmpty ? "" : "a.wav " + options) }
    }

    @Test func emptyNamesAreRefused() {
        #expect(throws: (any Error).self) { try ContinueCommand.parse([""]) }
        #expect(throws: (any Error).self) { try ContinueCommand.parse(["a.wav", "-o", ""]) }
        #expect(throws: (any Error).self) { try EncodeCommand.parse([""]) }
        #expect(throws: (any Error).self) { try ResynthesizeCommand.parse(["a.wav", "--voice", ""]) }
        #expect(throws: (any Error).self) { try CompareCommand.parse(["", "--systems", "loop"]) }
    }

    @Test func resynthesisDrawsWhatIsNotTheRecordings() throws {
        let command = try ResynthesizeCommand.parse(["a.wav", "--temperature", "0.5", "--top-k", "fine=3"])
        #expect(
            command.sampling.options(first: .coarse) == [
                .coarse: SamplingOptions(temperature: 0.5), .fine: SamplingOptions(topK: 3),
            ])
        #expect(throws: (any Error).self) {
            try ResynthesizeCommand.parse(["a.wav", "--min-p", "semantic=0.1"])
        }
    }

    @Test func otherVerbs() throws {
        let tokenize = try TokenizeCommand.parse(["a.wav", "-o", "b.json", "--model", "m", "--threads", "1"])
        #expect(tokenize.snippet == "a.wav" && tokenize.output.output == "b.json")
        let detokenize = try DetokenizeCommand.parse(["a.tokens.json", "--levels", "4", "--force"])
        #expect(detokenize.tokens == "a.tokens.json" && detokenize.levels == 4 && detokenize.output.force)
        #expect(throws: (any Error).self) { try DetokenizeCommand.parse(["a.json", "--levels", "13"]) }
        let resynthesize = try ResynthesizeCommand.parse(["a.wav", "--voice", "b.wav", "--seed", "3"])
        #expect(resynthesize.snippet == "a.wav" && resynthesize.voice == "b.wav" && resynthesize.seed == 3)
        #expect(try InfoCommand.parse(["--json", "--model", "x"]).json)
        #expect(try VerifyCommand.parse(["--json"]).json)
        let encode = try EncodeCommand.parse(["-", "--bitrate", "1.5", "-o", "a.alm", "--model", "codec"])
        #expect(encode.sound == "-" && encode.bitrate == .low && encode.output.output == "a.alm")
        #expect(try EncodeCommand.parse(["a.wav"]).bitrate == .high)
        #expect(throws: (any Error).self) { try EncodeCommand.parse(["a.wav", "--bitrate", "2"]) }
        #expect(try DecodeCommand.parse(["a.alm", "--quiet", "--threads", "1"]).coded == "a.alm")
        for verb in [
            "continue", "resynthesize", "encode", "decode", "tokenize", "detokenize", "info", "verify",
        ] {
            #expect(RootCommand.configuration.subcommands.contains { $0.configuration.commandName == verb })
        }
    }

    @Test func outputNames() throws {
        let input = URL(fileURLWithPath: "folder/my.snippet.mp3")
        func names(_ line: String, count: Int) throws -> [String] {
            try parse(line).output.files(for: input, suffix: "continued", extension: "wav", count: count)
                .map(\.relativePath)
        }
        #expect(try names("a", count: 1) == ["folder/my.snippet.continued.wav"])
        #expect(
            try names("a", count: 2) == [
                "folder/my.snippet.continued.1.wav", "folder/my.snippet.continued.2.wav",
            ])
        #expect(try names("a -o x/out.flac", count: 1) == ["x/out.flac"])
        #expect(try names("a -o x/out.flac", count: 2) == ["x/out.1.flac", "x/out.2.flac"])
    }

    @Test func helpSaysHowToCallContinue() {
        let help = ContinueCommand.helpMessage()
        #expect(help.contains("reserved word"))
        #expect(help.contains("swift run -c release continue"))
        #expect(help.contains("audiolm continue"))
    }
}
