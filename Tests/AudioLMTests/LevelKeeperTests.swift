import Testing

@testable import AudioLM

@Suite struct LevelKeeperTests {
    @Test(arguments: [Float(0.01), 1])
    func takesDriftBackSlowly(level: Float) {
        var keeper = LevelKeeper(prompt: [Float](repeating: 0.1, count: 48000), sampleRate: 24000)
        let second = [Float](repeating: level, count: 24000)
        let first = keeper(second)
        #expect(abs(first[0] / level - 1) < 0.01)
        var last = first
        for _ in 0..<30 { last = keeper(second) }
        // 20 dB of drift, of which 12 dB are taken back.
        let expected: Float = level < 0.1 ? 3.981 : 1 / 3.981
        #expect(abs(last[23999] / level / expected - 1) < 0.02)
    }

    @Test func leavesUsualSwellsAlone() {
        var keeper = LevelKeeper(prompt: [Float](repeating: 0.1, count: 48000), sampleRate: 24000)
        let louder = [Float](repeating: 0.12, count: 24000)
        for _ in 0..<30 { #expect(keeper(louder) == louder) }
    }

    @Test func silenceStaysSilent() {
        var keeper = LevelKeeper(prompt: [Float](repeating: 0, count: 48000), sampleRate: 24000)
        #expect(keeper([0, 1, 0]) == [0, 1, 0])
    }
}
