import Foundation
import Testing

/// The README's example is `ReadmeExample.swift`, which compiles with these tests.
@Suite struct ReadmeTests {
    @Test func exampleIsTheOneThatCompiles() throws {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let example = try String(
            contentsOf: here.appendingPathComponent("ReadmeExample.swift"), encoding: .utf8)
        let readme = try String(contentsOf: here.appendingPathComponent("../../README.md"), encoding: .utf8)
        #expect(readme.contains("```swift\n" + example + "```"))
    }
}
