import ArgumentParser
import AudioFiles
import Comparison
import Foundation
import TestSupport
import Testing

@testable import AudioLMCommand

/// `audiolm continue` on a folder, on a stand-in model.
@Suite struct FolderContinuationTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(at: folder.file("in"), withIntermediateDirectories: true)
        for name in ["a", "b"] {
            try chord(seconds: 1.5, rate: 24000).write(to: folder.file("in/\(name).wav"))
        }
    }

    private func run(_ arguments: String...) async throws {
        try await ContinueCommand.parse([folder.file("in").path, "--seconds", "1", "--quiet"] + arguments)
            .run { _ in ChosenModel(ToneModel()) }
    }

    private func files(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.file(name).path).sorted()
    }

    @Test func everyPromptAndVariationWithAManifest() async throws {
        try await run("--variations", "2", "--seed", "7", "--temperature", "coarse=0.5")
        #expect(try files("in.continued") == ["a.1.wav", "a.2.wav", "b.1.wav", "b.2.wav", "manifest.json"])
        let manifest = try #require(try ContinuationManifest.read(in: folder.file("in.continued")))
        #expect(manifest.continuations.map(\.seed) == [7, 8, 7, 8])
        #expect(manifest.settings.sampling == ["coarse temperature": 0.5])
        #expect(try AudioBuffer(contentsOf: folder.file("in.continued/b.2.wav")).seconds == 2.5)
    }

    @Test func goesOnWhereItWasCutOff() async throws {
        try await run("-o", folder.file("out").path, "--seed", "7")
        let kept = try Data(contentsOf: folder.file("out/a.wav"))
        try FileManager.default.removeItem(at: folder.file("out/b.wav"))
        try "marked".write(to: folder.file("out/a.wav"), atomically: true, encoding: .utf8)
        try await run("-o", folder.file("out").path)
        #expect(try String(contentsOf: folder.file("out/a.wav"), encoding: .utf8) == "marked")
        #expect(try files("out") == ["a.wav", "b.wav", "manifest.json"])
        await #expect(throws: ComparisonError.self) {
            try await run("-o", folder.file("out").path, "--seed", "8")
        }
        try await run("-o", folder.file("out").path, "--seed", "7", "--force")
        #expect(try Data(contentsOf: folder.file("out/a.wav")) == kept)
    }

    /// A run that ends between its first file and that file's entry, as where its output is closed.
    @Test func goesOnWhereNothingWasNotedYet() async throws {
        try await run("-o", folder.file("out").path, "--seed", "7")
        var manifest = try #require(try ContinuationManifest.read(in: folder.file("out")))
        manifest.continuations = []
        try manifest.write(in: folder.file("out"))
        try await run("-o", folder.file("out").path)
        #expect(try ContinuationManifest.read(in: folder.file("out"))?.continuations.count == 2)
    }

    @Test func aForeignFileUnderANewPromptsNameStays() async throws {
        try await run("-o", folder.file("out").path, "--seed", "7")
        try chord(seconds: 1.5, rate: 24000).write(to: folder.file("in/c.wav"))
        try "precious".write(to: folder.file("out/c.wav"), atomically: true, encoding: .utf8)
        await #expect(throws: AudioFileError.outputExists(path: folder.file("out/c.wav").path)) {
            try await run("-o", folder.file("out").path)
        }
        #expect(try String(contentsOf: folder.file("out/c.wav"), encoding: .utf8) == "precious")
    }

    @Test func whatIsForcedLeavesNothingOfTheRunBefore() async throws {
        try await run("-o", folder.file("out").path, "--seed", "7", "--variations", "3")
        try "mine".write(to: folder.file("out/notes.wav"), atomically: true, encoding: .utf8)
        try await run("-o", folder.file("out").path, "--variations", "2", "--force")
        #expect(
            try files("out") == ["a.1.wav", "a.2.wav", "b.1.wav", "b.2.wav", "manifest.json", "notes.wav"])
        try await run("-o", folder.file("out").path, "--force")
        #expect(try files("out") == ["a.wav", "b.wav", "manifest.json", "notes.wav"])
    }

    @Test func whatIsForcedAndRefusedIsGoneAsWell() async throws {
        try await run("-o", folder.file("out").path, "--seed", "7")
        try Data("no sound".utf8).write(to: folder.file("in/b.wav"))
        await #expect(throws: ComparisonError.self) {
            try await run("-o", folder.file("out").path, "--seed", "8", "--force")
        }
        #expect(try files("out") == ["a.wav", "manifest.json"])
    }

    @Test func whatIsForcedWithoutAModelStays() async throws {
        try await run("-o", folder.file("out").path, "--seed", "7")
        let (files, manifest) = (try files("out"), try Data(contentsOf: folder.file("out/manifest.json")))
        await #expect(throws: ComparisonError.self) {
            try await ContinueCommand.parse(
                [folder.file("in").path, "-o", folder.file("out").path, "--force", "--quiet"]
            ).run { _ in throw ComparisonError("no such bundle") }
        }
        await #expect(throws: ValidationError.self) {
            try await run("-o", folder.file("out").path, "--force", "--candidates", "4")
        }
        #expect(try self.files("out") == files)
        #expect(try Data(contentsOf: folder.file("out/manifest.json")) == manifest)
    }

    @Test func anOutputThatIsNamedLikeASoundIsRefused() async {
        await #expect(throws: ValidationError.self) { try await run("-o", folder.file("out.flac").path) }
    }

    @Test func otherWeightsAreOtherSettings() async throws {
        let bundle = folder.file("bundle")
        try FileManager.default.createDirectory(at: bundle, withIntermediateDirectories: true)
        func run(_ sums: String) async throws {
            try Data("{}".utf8).write(to: bundle.appending(path: "config.json"))
            try Data(sums.utf8).write(to: bundle.appending(path: "SHA256SUMS"))
            try await self.run("-o", folder.file("out").path, "--model", bundle.path)
        }
        try await run("1  codec.safetensors\n")
        try await run("1  codec.safetensors\n3  README.md\n")
        await #expect(throws: ComparisonError.self) { try await run("2  codec.safetensors\n") }
    }

    @Test func variationsThatAreMissingAreMadeWithTheirOwnSeeds() async throws {
        try await run("-o", folder.file("out").path, "--seed", "7", "--variations", "4")
        let whole = try Data(contentsOf: folder.file("out/a.2.wav"))
        for name in ["a.2", "a.4"] { try FileManager.default.removeItem(at: folder.file("out/\(name).wav")) }
        try await run("-o", folder.file("out").path, "--variations", "4")
        #expect(try Data(contentsOf: folder.file("out/a.2.wav")) == whole)
        let manifest = try #require(try ContinuationManifest.read(in: folder.file("out")))
        #expect(manifest.continuations.count == 8)
        #expect(
            Set(manifest.continuations.map { "\($0.variation) \($0.seed)" }) == ["1 7", "2 8", "3 9", "4 10"])
        try await run("-o", folder.file("out").path, "--variations", "5")
        #expect(try files("out").filter { $0.contains(".5.") } == ["a.5.wav", "b.5.wav"])
    }

    @Test func promptsAndForeignFilesAreNotOverwritten() async throws {
        let prompt = try Data(contentsOf: folder.file("in/a.wav"))
        for force in [[], ["--force"]] {
            await #expect(throws: AudioFileError.outputIsInput(path: folder.file("in/a.wav").path)) {
                try await ContinueCommand.parse(
                    [folder.file("in").path, "-o", folder.file("in").path, "--quiet"] + force
                ).run { _ in ChosenModel(ToneModel()) }
            }
        }
        #expect(try Data(contentsOf: folder.file("in/a.wav")) == prompt)
        try FileManager.default.createDirectory(at: folder.file("out"), withIntermediateDirectories: true)
        try "precious".write(to: folder.file("out/b.wav"), atomically: true, encoding: .utf8)
        await #expect(throws: AudioFileError.outputExists(path: folder.file("out/b.wav").path)) {
            try await run("-o", folder.file("out").path)
        }
        #expect(try files("out") == ["b.wav"])
    }

    @Test func whatCannotBeContinuedIsToldAfterTheRest() async throws {
        try Data("no sound".utf8).write(to: folder.file("in/aa.wav"))
        await #expect(throws: ComparisonError.self) { try await run("-o", folder.file("out").path) }
        #expect(try files("out") == ["a.wav", "b.wav", "manifest.json"])
    }
}
