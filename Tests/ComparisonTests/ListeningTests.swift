import AudioFiles
import Foundation
import TestSupport
import Testing

@testable import Comparison

@Suite struct ListeningTests {
    let folder: TemporaryFolder
    let plan: ComparisonPlan

    init() throws {
        folder = try TemporaryFolder()
        for name in ["a", "b"] {
            let music = melody(root: 60, perSecond: 3, seconds: 8)
            for (place, sound) in [
                ("p", music.prefix(48_000)), ("x", music.suffix(72_000)), ("y", music.suffix(60_000)),
            ] {
                let file = folder.file("\(place)/\(name).wav")
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try AudioBuffer(mono: Array(sound), sampleRate: Sound.sampleRate).write(to: file)
            }
        }
        let prompts = try Prompt.all(in: folder.file("p"))
        let (x, y) = (folder.file("x"), folder.file("y"))
        plan = try ComparisonPlan(
            prompts: prompts,
            systems: [
                ComparedSystem(name: "x", folder: x, prompts: prompts, partial: false),
                ComparedSystem(name: "y", folder: y, prompts: prompts, partial: false),
                ReferenceSystem.loop.system(prompts: prompts, truth: nil),
            ], truth: nil, seconds: 5, seed: 1)
    }

    @Test func everyPairComesAboutEquallyOften() throws {
        let test = try BlindTest(plan, count: 12)
        let pairs = Dictionary(grouping: test.trials) { Set([$0.first, $0.second]) }
        #expect(pairs.count == 3 && pairs.values.allSatisfy { $0.count == 4 })
        #expect(try BlindTest(plan, count: 12) == test)
        #expect(try BlindTest(plan, count: 11).id != test.id)
    }

    @Test func thePageNamesNoSystem() throws {
        let test = try BlindTest(plan, count: 3)
        let page = try BlindTestPage(test, plan: plan).write(to: folder.url)
        let html = try String(contentsOf: page, encoding: .utf8)
        #expect(html.contains(test.id) && html.components(separatedBy: "class=\"trial\"").count == 4)
        #expect(!html.contains("looped") && !html.contains("{{"))
        #expect(try BlindTest.read(in: folder.url) == test)
    }

    @Test func preferencesFromAnswers() throws {
        let test = try BlindTest(plan, count: 30)
        let trials = test.trials.filter { Set([$0.first, $0.second]) == ["x", "y"] }
        let answers = ListeningAnswers(
            test: test.id, listener: "l",
            answers: trials.enumerated().map { index, trial in
                .init(trial: trial.number, choice: index == 0 ? .same : trial.first == "x" ? .first : .second)
            })
        let result = try ListeningResult([answers], to: test, systems: ["x", "y", "loop"])
        let preference = try #require(result.preferences.first)
        #expect(result.preferences.count == 1 && result.listeners == 1)
        #expect(preference.first == "x" && preference.trials == 10 && preference.rate.value == 0.95)
        #expect(preference.rate.low > 0.6 && preference.rate.high <= 1)
        #expect(abs(preference.probability - 2 / 512) < 1e-9)
        let stray = ListeningAnswers(test: "other", listener: "m", answers: [])
        #expect(throws: ComparisonError.self) { try ListeningResult([stray], to: test, systems: ["x", "y"]) }
    }
}
