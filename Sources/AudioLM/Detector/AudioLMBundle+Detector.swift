extension AudioLMBundle {
    /// The share of a sound's seconds that the bundle's detector calls synthetic, pauses left out; nil where nothing
    /// sounds for a second or the bundle has no detector.
    /// - Parameter samples: mono at `sampleRate`, finite.
    package func syntheticShare(of samples: [Float]) throws -> Double? {
        try requireFinite(samples)
        return networks.detector?.syntheticShare(of: samples, on: pool)
    }
}
