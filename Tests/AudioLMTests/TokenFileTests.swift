import AudioLM
import Foundation
import Testing

@Suite struct TokenFileTests {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
        "tokens-\(UUID().uuidString).json")

    static let tokens = AudioTokens(
        semantic: [0, 17, 1023],
        acoustic: (0..<6).map { frame in (0..<12).map { (frame * 91 + $0 * 7) % 1024 } })

    @Test func tokensComeBack() throws {
        defer { try? FileManager.default.removeItem(at: url) }
        try TokenFile(Self.tokens, bundle: "piano", vocabulary: 1024).write(to: url)
        let found = try TokenFile(contentsOf: url)
        #expect(found.tokens == Self.tokens)
        #expect(found.bundle == "piano")
    }

    @Test func semanticTokensAlone() throws {
        defer { try? FileManager.default.removeItem(at: url) }
        let tokens = AudioTokens(semantic: [3, 5], acoustic: [])
        try TokenFile(tokens, bundle: "piano", vocabulary: 1024).write(to: url)
        #expect(try !String(contentsOf: url, encoding: .utf8).contains("acoustic"))
        #expect(try TokenFile(contentsOf: url).tokens == tokens)
    }

    @Test func theVocabularyIsTheBundles() throws {
        defer { try? FileManager.default.removeItem(at: url) }
        let tokens = AudioTokens(semantic: [0, 95], acoustic: [])
        try TokenFile(tokens, bundle: "speech", vocabulary: 96).write(to: url)
        #expect(try String(contentsOf: url, encoding: .utf8).contains("\"vocabulary\":96"))
        #expect(try TokenFile(contentsOf: url).tokens == tokens)
        try TokenFile(tokens, bundle: "speech", vocabulary: 95).write(to: url)
        #expect(throws: TokenFileError.self) { try TokenFile(contentsOf: url) }
    }

    @Test(arguments: [
        ("\"format\":1", "\"format\":2"), ("audiolm-tokens", "something"), ("\"rate\":25", "\"rate\":26"),
        ("\"rate\":50", "\"rate\":-50"), ("\"levels\":12", "\"levels\":13"),
        ("\"levels\":12", "\"levels\":0"),
        ("1023]", "1024]"), ("17", "-1"), ("17", "1e30"), ("17", "\"17\""),
        ("\"vocabulary\":1024", "\"vocabulary\":0"), ("\"vocabulary\":1024", "\"vocabulary\":1023"),
        ("\"vocabulary\":1024", "\"vocabulary\":65537"), ("\"codebook\":1024", "\"codebook\":0"),
        ("[[", "[[3],["), ("{", "["), ("piano", "\u{0}"),
    ])
    func wrongContentsThrow(find: String, replacement: String) throws {
        defer { try? FileManager.default.removeItem(at: url) }
        try TokenFile(Self.tokens, bundle: "piano", vocabulary: 1024).write(to: url)
        let text = try String(contentsOf: url, encoding: .utf8).replacingOccurrences(
            of: find, with: replacement)
        try text.write(to: url, atomically: true, encoding: .utf8)
        #expect(throws: TokenFileError.self) { try TokenFile(contentsOf: url) }
    }

    @Test func missingAndEmptyFilesThrow() throws {
        #expect(throws: TokenFileError.self) { try TokenFile(contentsOf: url) }
        defer { try? FileManager.default.removeItem(at: url) }
        try Data().write(to: url)
        #expect(throws: TokenFileError.self) { try TokenFile(contentsOf: url) }
    }

    /// Cut, overwritten and deeply nested files throw and never crash.
    @Test func fuzz() throws {
        defer { try? FileManager.default.removeItem(at: url) }
        try TokenFile(Self.tokens, bundle: "piano", vocabulary: 1024).write(to: url)
        let whole = try Data(contentsOf: url)
        var generator = SystemRandomNumberGenerator()
        for round in 0..<500 {
            var bytes = whole
            if round % 3 == 0 { bytes = bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator)) }
            for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255)
            }
            try bytes.write(to: url)
            do {
                let tokens = try TokenFile(contentsOf: url).tokens
                #expect(tokens.acoustic.joined().allSatisfy { (0..<1024).contains($0) })
            } catch is TokenFileError {}
        }
        try Data(repeating: UInt8(ascii: "["), count: 1 << 20).write(to: url)
        #expect(throws: TokenFileError.self) { try TokenFile(contentsOf: url) }
    }
}
