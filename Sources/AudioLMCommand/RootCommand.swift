public import ArgumentParser

/// `audiolm`, one verb a file.
public struct RootCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "audiolm",
        abstract: "Continue recordings, and look at how: language models over sound.",
        version: version,
        subcommands: [
            ContinueCommand.self, CompareCommand.self, ResynthesizeCommand.self, EncodeCommand.self,
            DecodeCommand.self, TokenizeCommand.self, DetokenizeCommand.self, InfoCommand.self,
            VerifyCommand.self,
        ])

    static let version = "0.1.0"

    public init() {}
}
