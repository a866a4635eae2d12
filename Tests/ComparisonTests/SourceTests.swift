import AudioFiles
import Foundation
import TestSupport
import Testing

@testable import Comparison

/// Folders, names, and files with the prompt in them or without.
@Suite struct SourceTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ sound: [Float], _ name: String) throws {
        let url = folder.file(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try AudioBuffer(mono: sound, sampleRate: Sound.sampleRate).write(to: url)
    }

    private func prompts(_ names: String...) -> [Prompt] {
        names.map { Prompt(name: $0, file: folder.file("p/\($0).wav"), recording: $0) }
    }

    private let short = [Float](repeating: 0.1, count: 24_000)

    @Test func promptsAreSoundFilesByName() throws {
        for name in ["b.wav", "a.flac"] { try write(short, "p/\(name)") }
        try Data("x".utf8).write(to: folder.file("p/notes.txt"))
        #expect(try Prompt.all(in: folder.file("p")).map(\.name) == ["a", "b"])
        try write(short, "p/a.prompt.wav")
        try Data("name,recording\na,piece\n".utf8).write(to: folder.file("p/prompts.csv"))
        let marked = try Prompt.all(in: folder.file("p"))
        #expect(marked.map(\.name) == ["a"] && marked[0].recording == "piece")
    }

    @Test func promptsAreOfAnyFormatThatIsRead() throws {
        try write(short, "p/a.wav")
        for name in ["b.au", "c.CAF", "d.w64", "e.pdf"] {
            try Data("x".utf8).write(to: folder.file("p/\(name)"))
        }
        #expect(try Prompt.all(in: folder.file("p")).map(\.name) == ["a", "b", "c", "d"])
    }

    @Test func continuationsAreNamedAfterPrompts() throws {
        for name in ["a.wav", "b.continued.1.wav", "b.continued.2.flac", "c.d.truth.wav", "unrelated.wav"] {
            try write(short, "s/\(name)")
        }
        let system = try ComparedSystem(
            name: "s", folder: folder.file("s"), prompts: prompts("a", "b", "c.d"), partial: false)
        #expect(system.continuations.mapValues(\.count) == ["a": 1, "b": 2, "c.d": 1])
        #expect(throws: ComparisonError.self) {
            try ComparedSystem(
                name: "s", folder: folder.file("s"), prompts: prompts("a", "z"), partial: false)
        }
        let partial = try ComparedSystem(
            name: "s", folder: folder.file("s"), prompts: prompts("a", "z"), partial: true)
        #expect(partial.continuations.count == 1)
        for name in ["z.0.wav", "z.1.wav"] { try write(short, "s/\(name)") }
        let counted = try ComparedSystem(
            name: "s", folder: folder.file("s"), prompts: prompts("z"), partial: false)
        #expect(counted.continuations.mapValues(\.count) == ["z": 2])
        try write(short, "s/b.wav")
        let mixed = #expect(throws: ComparisonError.self) {
            try ComparedSystem(name: "s", folder: folder.file("s"), prompts: prompts("b"), partial: false)
        }
        #expect(mixed?.description.contains("b.wav stands beside numbered") == true)
    }

    @Test func refusalsSayWhatToDo() throws {
        func message(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return ""
        }
        #expect(message { _ = try Prompt.all(in: folder.file("none")) }.contains("no such folder"))
        try Data("x".utf8).write(to: folder.file("file"))
        #expect(message { _ = try Prompt.all(in: folder.file("file")) }.contains("is a file"))
        try FileManager.default.createDirectory(at: folder.file("empty"), withIntermediateDirectories: true)
        #expect(message { _ = try Prompt.all(in: folder.file("empty")) }.contains("no sound files"))
        #expect(
            message { _ = try ReferenceSystem.truth.system(prompts: prompts("a"), truth: nil) }
                .contains("--reference"))
    }

    @Test(arguments: [24_000, 32_000])
    func thePromptIsFoundInFilesThatHoldIt(rate: Int) throws {
        let music = melody(root: 60, perSecond: 4, seconds: 8)
        try write(Array(music[..<Sound.samples(4)]), "p/a.wav")
        let prompt = try PromptSound(contentsOf: folder.file("p/a.wav"))
        let whole = try AudioBuffer(mono: music, sampleRate: Sound.sampleRate).resampled(to: rate)
        try whole.write(to: folder.file("joined.ogg"))
        try whole.frames(4 * rate..<8 * rate).write(to: folder.file("alone.wav"))
        let joined = try JoinedSound(prompt, .file(folder.file("joined.ogg")), seconds: 20)
        let alone = try JoinedSound(prompt, .file(folder.file("alone.wav")), seconds: 20)
        #expect(joined.cameJoined && !alone.cameJoined)
        #expect(joined.seam == Sound.samples(4) && alone.seam == Sound.samples(4))
        #expect(abs(joined.samples.count - music.count) <= 2 && abs(alone.samples.count - music.count) <= 2)
        #expect(
            try JoinedSound(prompt, .file(folder.file("alone.wav")), seconds: 1.5).samples.count
                == Sound.samples(5.5))
    }

    @Test func aFileWithThePromptAloneIsNoContinuation() throws {
        let music = melody(root: 60, perSecond: 4, seconds: 8)
        try write(Array(music[..<Sound.samples(4)]), "p/a.wav")
        let prompt = try PromptSound(contentsOf: folder.file("p/a.wav"))
        for seconds in [3.95, 4, 4.3] {
            try write(Array(music[..<Sound.samples(seconds)]), "s/a.wav")
            #expect(throws: ComparisonError.self) {
                try JoinedSound(prompt, .file(folder.file("s/a.wav")), seconds: 6)
            }
        }
    }

    @Test func anOffsetMakesNoTwoSoundsAlike() {
        let (a, b) = (melody(root: 60, perSecond: 4, seconds: 4), melody(root: 65, perSecond: 3, seconds: 4))
        #expect(Alike.sameRecording(a, a.map { 0.5 * $0 + 1 }))
        #expect(!Alike.sameRecording(a.map { 0.1 * $0 + 1 }, b.map { 0.1 * $0 + 1 }))
    }

    @Test func otherLeavesItsOwnPromptOut() throws {
        let (a, b) = (melody(root: 60, perSecond: 4, seconds: 4), melody(root: 65, perSecond: 3, seconds: 8))
        try write(a, "p/a.wav")
        try write(Array(b[..<Sound.samples(4)]), "p/b.wav")
        try write(a + a, "t/a.wav")
        try write(b, "t/b.wav")
        let all = prompts("a", "b")
        let truth = try ComparedSystem(name: "truth", folder: folder.file("t"), prompts: all, partial: false)
        let other = try ReferenceSystem.other.system(prompts: all, truth: truth)
        let source = try #require(other.continuations["a"]?.first)
        let joined = try JoinedSound(PromptSound(contentsOf: folder.file("p/a.wav")), source, seconds: 20)
        #expect(joined.samples.count == Sound.samples(8) && joined.seam == Sound.samples(4))
        let worst =
            zip(joined.samples[joined.seam...], b[Sound.samples(4)...]).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 1e-3)
    }

    @Test func otherIsAnotherRecordingAndLoopRepeats() throws {
        for name in ["a", "b", "c"] { try write(short, "t/\(name).wav") }
        let all = prompts("a", "b", "c")
        let truth = try ComparedSystem(name: "truth", folder: folder.file("t"), prompts: all, partial: false)
        let other = try ReferenceSystem.other.system(prompts: all, truth: truth)
        for prompt in all {
            #expect(other.continuations[prompt.name] != truth.continuations[prompt.name])
        }
        try write(melody(root: 60, perSecond: 2, seconds: 2), "p/a.wav")
        let prompt = try PromptSound(contentsOf: folder.file("p/a.wav"))
        let loop = try JoinedSound(prompt, .promptLooped, seconds: 6)
        #expect(loop.samples.count == Sound.samples(8))
        #expect(loop.samples[Sound.samples(4)...].elementsEqual(loop.samples[..<Sound.samples(4)]))
    }
}
