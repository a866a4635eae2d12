extension AudioBuffer {
    /// Seconds of a piece that is silent or not.
    private static let silentPiece = 0.1
    /// Power of silence beside that of the loudest piece: −50 dB, as when a piano has rung off in a room that hums.
    private static let silentShare = 1e-5
    /// Power above which nothing is silence, −70 dBFS: what is quiet beside a clap may be speech.
    private static let loudestSilence = 1e-7
    /// Power that nothing is heard of, −100 dBFS: what arithmetic leaves of an offset.
    private static let unheard = 1e-10

    /// Seconds of silence at the end, to a tenth.
    public var silentEnd: Double {
        let length = max(1, Int(Self.silentPiece * Double(sampleRate)))
        let ends = stride(from: frameCount, through: length, by: -length)
        let powers = ends.map { end in channels.reduce(0) { $0 + Self.swing(of: $1[(end - length)..<end]) } }
        let limit = max(min((powers.max() ?? 0) * Self.silentShare, Self.loudestSilence), Self.unheard)
        let silent = powers.prefix { $0 <= limit }.count
        return Double(silent * length) / Double(sampleRate)
    }

    /// The mean square about the mean: an offset is no sound.
    private static func swing(of samples: ArraySlice<Float>) -> Double {
        let mean = samples.reduce(0) { $0 + Double($1) } / Double(samples.count)
        return samples.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(samples.count)
    }
}
