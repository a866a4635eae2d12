import AudioFiles
import Foundation
import TestSupport
import Testing

@testable import Comparison

/// A comparison of four short pieces from folders to files.
@Suite struct ReportTests {
    let folder: TemporaryFolder
    let plan: ComparisonPlan

    init() throws {
        folder = try TemporaryFolder()
        for (i, name) in ["a", "b", "c", "d"].enumerated() {
            let music = melody(root: 50 + 3 * i, perSecond: 2 + Double(i), seconds: 16, seed: i)
            try Self.write(Array(music[..<Sound.samples(4)]), folder.file("prompts/\(name).wav"))
            try Self.write(Array(music[Sound.samples(4)...]), folder.file("truth/\(name).wav"))
            for variation in 1...2 {
                try Self.write(
                    melody(root: 50 + 3 * i, perSecond: 4, seconds: 12, seed: variation + 1),
                    folder.file("tool/\(name).\(variation).wav"))
            }
        }
        let prompts = try Prompt.all(in: folder.file("prompts"))
        let truth = try ComparedSystem(
            name: "truth", folder: folder.file("truth"), prompts: prompts, partial: false)
        let tool = try ComparedSystem(
            name: "tool </script>", folder: folder.file("tool"), prompts: prompts, partial: false)
        plan = try ComparisonPlan(
            prompts: prompts,
            systems: [tool] + ReferenceSystem.allCases.map { try $0.system(prompts: prompts, truth: truth) },
            truth: truth, seconds: 10, seed: 3, model: StandInModel(),
            training: TokenIndex([(0..<300).map { UInt16($0) }]))
    }

    private static func write(_ sound: [Float], _ url: URL) throws {
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try AudioBuffer(mono: sound, sampleRate: Sound.sampleRate).write(to: url)
    }

    private func measured(_ name: String, shards: Int) async throws -> AnalysisCache {
        let cache = try AnalysisCache(folder.file(name))
        for shard in 1...shards {
            try await AnalysisRun(plan, cache: cache)
                .run(plan.shard(shard, of: shards), threads: 2) { _ in }
        }
        return cache
    }

    @Test func fieldsAndNamesCannotEndWhatTheyStandIn() {
        #expect(Report.quoted("plain") == "plain")
        for field in ["a\nb", "a\rb", "a\r\nb", "a,b"] { #expect(Report.quoted(field) == "\"\(field)\"") }
        #expect(Report.quoted("a\"\u{301}b") == "\"a\"\"\u{301}b\"")
        let name = "\u{600}<!--\u{600}<script>"
        #expect(!ReportPage.escaped(Data(name.utf8)).utf8.contains(UInt8(ascii: "<")))
    }

    @Test func whatTheReportSays() async throws {
        let cache = try await measured("cache", shards: 1)
        let report = try ReportBuilder(plan, cache: cache).report()
        func summary(_ system: String, _ measure: String) throws -> Summary {
            try #require(report.summary.first { $0.system == system && $0.measure == measure })
        }
        #expect(try summary("truth", "overall").consistency?.value == 1)
        #expect(try #require(summary("other", "overall").consistency).value < 0.5)
        #expect(try summary("loop", "repeats").mean.value > summary("truth", "repeats").mean.value)
        #expect(try summary("tool </script>", "diversity").mean.value > 0)
        #expect(report.continuations.count == 4 * 7)
        #expect(report.tests.count { $0.measure == "timbre" } == 15)
        #expect(report.drift.contains { $0.second == 7.5 && $0.measure == "overall" })
        #expect(try #require(report.scale.first { $0.measure == "overall" }).ownNearer == 1)
        #expect(report.prompts.map(\.prompt) == ["a", "b", "c", "d"])
        #expect(try #require(summary("codec", "pitch_classes").consistency).value > 0.5)
        #expect(try summary("tool </script>", "token_bits").mean.value > 0)
        #expect(try summary("tool </script>", "near_matches").mean.value < 1)
        #expect(try summary("acoustic", "called_synthetic").mean.value == 0.25)
        #expect(try summary("acoustic", "pitch_classes").mean.value > 0.5)
        #expect(report.distances.count == 10 && !report.distances.contains { $0.system == "truth" })
        #expect(report.distances.allSatisfy { $0.seconds > 1 && $0.interval.value.isFinite })
        #expect(report.distances.allSatisfy { $0.interval.low < $0.interval.high })
    }

    @Test func aScaleNeedsADifference() {
        let all = [0, 1]
        #expect(
            SimilarityScale.consistency([0.5, 0.3], own: [1, 0.6], other: [0, 0], of: all) == 0.5)
        let (own, other) = ([-0.02, -0.03], [-0.02, -0.03 - 1e-12])
        #expect(SimilarityScale.consistency([-0.1, -0.2], own: own, other: other, of: all) == nil)
        #expect(SimilarityScale.consistency([1, 1], own: [0, 0], other: [1, 1], of: all) == nil)
    }

    @Test func shardsMeetAndNothingIsMeasuredTwice() async throws {
        let whole = try await measured("whole", shards: 1)
        let parts = try await measured("parts", shards: 3)
        let report = try ReportBuilder(plan, cache: whole).report().json(pretty: false)
        #expect(try ReportBuilder(plan, cache: parts).report().json(pretty: false) == report)
        let kept = folder.file("parts").appending(
            path: try FileManager.default.contentsOfDirectory(
                atPath: folder.file("parts").path)[0])
        let before = try FileManager.default.attributesOfItem(atPath: kept.path)[.modificationDate] as? Date
        _ = try await measured("parts", shards: 1)
        let after = try FileManager.default.attributesOfItem(atPath: kept.path)[.modificationDate] as? Date
        #expect(before == after)
        let empty = try AnalysisCache(folder.file("empty"))
        #expect(throws: ComparisonError.self) { try ReportBuilder(plan, cache: empty) }
    }

    @Test func filesAreWholeAndThePageStandsAlone() async throws {
        let cache = try await measured("cache", shards: 1)
        let report = try ReportBuilder(plan, cache: cache).report()
        _ = try ReportFiles(report, plan: plan, listen: 2).write(to: folder.url)
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.file("report.json")))
        #expect((json as? [String: Any])?["format"] as? Int == 1)
        let csv = try String(contentsOf: folder.file("report.csv"), encoding: .utf8)
        #expect(csv.split(separator: "\n").count == 29)
        #expect(csv.hasPrefix("prompt,system,variation,source,seconds,fault_list,overall,pitch_classes"))
        let page = try String(contentsOf: folder.file("index.html"), encoding: .utf8)
        #expect(page.components(separatedBy: "class=\"sounds\"").count == 3)
        #expect(page.components(separatedBy: "</script>").count == 5)
        #expect(!page.contains("src=") && !page.contains("<link") && !page.contains("{{"))
        #expect(page.hasSuffix("</html>\n"))
    }

    @Test func withoutRealContinuationsThereIsNoScale() async throws {
        let alone = try ComparisonPlan(
            prompts: plan.prompts, systems: [plan.systems[0]], truth: nil, seconds: 10, seed: 3)
        let cache = try await measured("cache", shards: 1)
        let report = try ReportBuilder(alone, cache: cache).report()
        #expect(!report.settings.hasReference && report.scale.isEmpty)
        #expect(report.summary.allSatisfy { $0.consistency == nil })
        #expect(!report.measures.contains { $0.id == "overall" })
    }
}
