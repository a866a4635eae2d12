/// What the short-term level of a sound says.
enum Levels {
    /// dBFS at and below which sound counts as silence.
    static let silence = -60.0
    /// Seconds of a short-term level: the momentary loudness of EBU R 128.
    private static let window = 0.4
    private static let hop = 0.1
    private static let silenceFrame = 0.05

    /// Level in dBFS of every 0.4 s, 10 times a second; of the whole where it is shorter.
    static func shortTerm(_ sound: [Float]) -> [Double] {
        let (length, step) = (Sound.samples(window), Sound.samples(hop))
        guard sound.count > length else { return [Sound.level(sound)] }
        return stride(from: 0, through: sound.count - length, by: step).map {
            Sound.level(sound[$0..<$0 + length])
        }
    }

    /// Decibels from the 10th to the 95th percentile of the short-term levels above silence (as EBU Tech 3342 has the
    /// loudness range); 0 for silence.
    static func dynamics(_ sound: [Float]) -> Double {
        let levels = shortTerm(sound).filter { $0 > silence }.sorted()
        guard !levels.isEmpty else { return 0 }
        return Percentile.of(levels, 95) - Percentile.of(levels, 10)
    }

    /// Seconds of the longest stretch whose every 50 ms lie below −60 dBFS.
    static func longestSilence(_ sound: [Float]) -> Double {
        let length = Sound.samples(silenceFrame)
        var (longest, run) = (0, 0)
        for start in stride(from: 0, to: sound.count - length + 1, by: length) {
            run = Sound.level(sound[start..<start + length]) <= silence ? run + 1 : 0
            longest = max(longest, run)
        }
        return Double(longest) * silenceFrame
    }
}
