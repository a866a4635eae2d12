import Foundation

/// `audiolm-bench [kernels codec tokenizer stages continuation] [--bundle FOLDER] [--threads N] [--long] [--json]`
///
/// Measures the kernels and, of a bundle, the codec, the semantic tokenizer, the stages and whole continuations; all of
/// them without words. Medians; run it on a machine that does nothing else where several threads work.
struct BenchArguments {
    static let allParts = ["kernels", "codec", "tokenizer", "stages", "continuation"]

    let parts: [String]
    let bundle: String
    let threads: Int
    /// Continue by ten minutes, too.
    let long: Bool
    let json: Bool

    /// Ends the process where the words make no sense.
    init(_ words: some Collection<String>) {
        var words = Array(words)
        func value(of option: String) -> String? {
            guard let place = words.firstIndex(of: option) else { return nil }
            guard place + 1 < words.count else { Self.refuse("\(option) needs a value") }
            defer { words.removeSubrange(place...place + 1) }
            return words[place + 1]
        }
        func flag(_ name: String) -> Bool {
            defer { words.removeAll { $0 == name } }
            return words.contains(name)
        }
        bundle = value(of: "--bundle") ?? "Models/piano"
        guard let threads = Int(value(of: "--threads") ?? "1"), (1...256).contains(threads) else {
            Self.refuse("--threads must be 1 to 256")
        }
        self.threads = threads
        long = flag("--long")
        json = flag("--json")
        if let unknown = words.first(where: { !Self.allParts.contains($0) }) {
            Self.refuse("no part \(unknown); there are \(Self.allParts.joined(separator: ", "))")
        }
        parts = words.isEmpty ? Self.allParts : words
    }

    private static func refuse(_ reason: String) -> Never {
        FileHandle.standardError.write(Data((reason + "\n").utf8))
        exit(64)
    }
}
