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

    @Test(arguments: [2, 3, 6], [4, 8, 10])
    func aPairMeetsEveryPromptBeforeOneAgain(systems: Int, prompts: Int) throws {
        let plan = try ComparisonPlan(
            prompts: (0..<prompts).map {
                Prompt(name: "\($0)", file: folder.file("\($0).wav"), recording: "\($0)")
            },
            systems: (0..<systems).map { number in
                ComparedSystem(
                    name: "s\(number)", origin: "",
                    continuations: Dictionary(
                        uniqueKeysWithValues: (0..<prompts).map { ("\($0)", [.promptLooped]) }))
            }, truth: nil, seconds: 5, seed: 1)
        let all = systems * (systems - 1) / 2 * prompts
        let trials = try BlindTest(plan, count: all).trials
        #expect(Set(trials.map { "\($0.prompt) \([$0.first, $0.second].sorted())" }).count == all)
    }

    @Test func anAnswerCountsOnce() throws {
        let test = try BlindTest(plan, count: 30)
        let trial = try #require(test.trials.first { Set([$0.first, $0.second]) == ["x", "y"] })
        func answers(_ listener: String, _ choices: ListeningAnswers.Choice...) -> ListeningAnswers {
            ListeningAnswers(
                test: test.id, listener: listener,
                answers: choices.map { .init(trial: trial.number, choice: $0) })
        }
        let given = [answers("l", .first, .second), answers("l", .second), answers("m", .first)]
        let result = try ListeningResult(given, to: test, systems: ["x", "y"])
        #expect(result.preferences.map(\.trials) == [2] && result.preferences[0].rate.value == 0.5)
        let unknown = ListeningAnswers(
            test: test.id, listener: "l", answers: [.init(trial: 30, choice: .first)])
        #expect(throws: ComparisonError.self) {
            try ListeningResult([unknown], to: test, systems: ["x", "y"])
        }
    }

    @Test func damagedKeysAreRefused() throws {
        let trial = #"{"number": 0, "prompt": "a", "first": "x", "second": "y"}"#
        let key = folder.file(BlindTest.fileName)
        for text in ["", "{}", #"{"id": "1", "trials": [\#(trial), \#(trial)]}"#] {
            try text.write(to: key, atomically: true, encoding: .utf8)
            #expect(throws: ComparisonError.self) { try BlindTest.read(in: folder.url) }
        }
        // Answers may have been given to it.
        #expect(throws: ComparisonError.self) {
            try BlindTestPage(BlindTest(plan, count: 3), plan: plan).write(to: folder.url)
        }
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
