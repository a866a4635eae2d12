import Testing

@testable import Comparison

@Suite struct StructureTests {
    private let find = RepetitionFinder()

    @Test func aLoopRepeatsAndMusicDoesNot() {
        let bar = melody(root: 60, perSecond: 4, seconds: 4)
        let loop = find(bar + bar + bar)
        #expect(loop.repeats == 2)
        #expect(loop.longestRepeat >= 4)
        #expect(loop.selfSimilarity > 0.95)
        let walk = find(
            played(
                (0..<36).map { Note(onset: Double($0) / 3, key: 48 + ($0 * $0 * 7) % 37, strength: 0.15) },
                seconds: 12))
        #expect(walk.repeats == 0)
        #expect(walk.longestRepeat == 0)
        #expect(walk.selfSimilarity < 0.8)
        #expect(find(Array(bar[..<Sound.sampleRate])).repeats == 0)
    }

    @Test func clicksAndJumpsAreSeenWhereTheyAre() {
        let sound = melody(root: 57, perSecond: 2, seconds: 4).map { $0 + 0 }
        let seam = Sound.samples(2.3)
        let meter = SeamMeter()
        let smooth = meter(sound, seam: seam)
        #expect(smooth.click < 0)
        #expect(abs(smooth.levelJump) < 6)
        var clicked = sound
        clicked[seam] += 0.5
        #expect(meter(clicked, seam: seam).click > 10)
        let quieter = sound.enumerated().map { $0 < seam ? $1 : $1 * 0.1 }
        #expect(abs(meter(quieter, seam: seam).levelJump - smooth.levelJump + 20) < 0.1)
        let noise = sound.enumerated().map { $0 < seam ? $1 : Float(($0 * 7919) % 101) / 1000 - 0.05 }
        #expect(meter(noise, seam: seam).spectralJump > smooth.spectralJump + 5)
    }

    @Test func equalVariationsHaveNoDiversity() throws {
        let a: [Float] = [1, 0, 3, 4, 0, 2]
        let b: [Float] = [0, 3, 1, 0, 4, 4]
        #expect(Diversity.of([a]) == nil)
        #expect(try abs(#require(Diversity.of([a, a]))) < 1e-6)
        #expect(try #require(Diversity.of([a, b])) > 1)
        #expect(try abs(#require(Diversity.of([a, a, b])) - #require(Diversity.of([a, b])) * 2 / 3) < 1e-6)
    }
}
