import Testing

@testable import Comparison

/// Against SciPy, and against what is known.
@Suite struct StatisticsTests {
    @Test func signedRanks() throws {
        for test in try Expected.read().statistics.wilcoxon {
            let found = SignedRankTest.probability(test.differences)
            #expect(
                abs(found - test.p) <= test.tolerance, "\(test.differences.count): \(found), not \(test.p)")
        }
        #expect(SignedRankTest.probability([0, 0]) == 1)
        #expect(SignedRankTest.probability([1, 2, 3, 4, 5, 6]) == 2.0 / 64)
    }

    @Test func wasserstein() throws {
        let expected = try Expected.read().statistics.wasserstein
        let found = Similarity.distribution(expected.a, expected.b, largest: 100)
        #expect(abs(found + expected.distance) < 1e-6)
        #expect(Similarity.distribution([], [1], largest: 4) == -4)
        #expect(Similarity.distribution([], [], largest: 4) == 0)
    }

    @Test func bootstrapOfTheMean() throws {
        let expected = try Expected.read().statistics.bootstrap
        let found = try #require(Bootstrap(seed: 1).mean(expected.values))
        #expect(abs(found.low - expected.low) < 0.08 && abs(found.high - expected.high) < 0.08)
        #expect(found == Bootstrap(seed: 1).mean(expected.values))
        #expect(found != Bootstrap(seed: 2).mean(expected.values))
        #expect(Bootstrap(seed: 1).mean([]) == nil)
    }

    @Test func jackknifeOfTheMean() {
        let values = [2.0, 4, 4, 5, 9, 12]
        let found = Jackknife.interval(count: values.count) { chosen in
            chosen.reduce(0) { $0 + values[$1] } / Double(chosen.count)
        }
        // Of a mean, it is Student's interval: 6 ± 2.5706 · 3.7417 / √6.
        #expect(abs(found.value - 6) < 1e-12 && abs(found.high - 9.9267) < 2e-3)
        #expect(abs(found.low - 2.0733) < 2e-3 && found.count == 6)
        let alone = Jackknife.interval(count: 1) { $0.isEmpty ? nil : 3 }
        #expect(alone == Interval(value: 3, low: 3, high: 3, count: 1))
    }

    /// As tables have them.
    @Test(arguments: [(1, 12.7062), (2, 4.3027), (3, 3.1824), (5, 2.5706), (9, 2.2622), (19, 2.0930)])
    func studentsQuantiles(degrees: Int, expected: Double) {
        #expect(abs(Jackknife.studentQuantile(degrees: degrees) / expected - 1) < 0.002)
    }

    @Test func holm() {
        let adjusted = HolmCorrection.adjusted([0.01, 0.04, 0.03, 0.005])
        for (found, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) {
            #expect(abs(found - expected) < 1e-12)
        }
        #expect(HolmCorrection.adjusted([0.9, 0.8]) == [1, 1])
    }

    @Test func percentilesAreNumPys() {
        #expect(Percentile.of([1, 2, 3, 4], 50) == 2.5)
        #expect(abs(Percentile.of([1, 2, 4], 95) - 3.8) < 1e-12)
        #expect(Percentile.of([7], 10) == 7)
    }

    @Test func sha256() {
        func digest(_ text: String) -> String {
            var hash = ContentHash()
            for piece in text.utf8 { hash.update([piece]) }
            return hash.hexadecimal()
        }
        #expect(digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            digest(String(repeating: "a", count: 1000))
                == "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3")
    }
}

@Suite struct SetDistanceTests {
    @Test func frechetAndKernelAreSciPys() throws {
        let expected = try Expected.read().distances
        let (a, b) = (expected.a.map { $0.map(Double.init) }, expected.b.map { $0.map(Double.init) })
        #expect(abs(SetDistance.frechet(a, b) - expected.frechet) < 1e-4 * expected.frechet)
        #expect(abs(SetDistance.kernel(a, real: b) - expected.kernel) < 1e-5)
        #expect(abs(SetDistance.frechet(a, a)) < 1e-9)
    }
}
