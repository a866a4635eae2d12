/// The section `detector` of a bundle's config.json, for bundles that have one.
struct DetectorConfiguration: Decodable, Sendable, Equatable {
    /// Bands of the log-mel spectra.
    let bands: Int
    /// Samples of a spectrum, a power of two.
    let window: Int
    /// Samples from one spectrum to the next.
    let hop: Int
    /// Power that is added before the logarithm, in powers of a full-scale sine.
    let floor: Float
    /// Samples that are judged at once, a whole number of hops.
    let crop: Int
    /// Channels of the convolutions.
    let width: Int
    /// Taps of each convolution, odd.
    let taps: Int
    /// Frames from one output of each convolution to the next.
    let strides: [Int]

    /// What makes no sense, in words; nil if nothing.
    var fault: String? {
        func within(_ name: String, _ value: Int, _ range: ClosedRange<Int>) -> String? {
            range.contains(value)
                ? nil : "detector.\(name) is \(value), expected \(range.lowerBound) to \(range.upperBound)"
        }
        let faults = [
            within("bands", bands, 1...1024), within("window", window, 16...65_536),
            within("hop", hop, 1...max(1, window)), within("crop", crop, 1...1 << 20),
            within("width", width, 1...4096), within("taps", taps, 1...127),
            strides.isEmpty ? "detector.strides is empty, expected one for each convolution" : nil,
            strides.lazy.compactMap { within("strides", $0, 1...16) }.first,
        ]
        if let fault = faults.compactMap({ $0 }).first { return fault }
        guard window & (window - 1) == 0, (window - hop) % 2 == 0 else {
            return "detector.window is \(window), expected a power of two, and an even hop, not \(hop)"
        }
        guard taps % 2 == 1 else { return "detector.taps is \(taps), expected an odd number" }
        guard crop % hop == 0 else { return "detector.crop is \(crop), expected whole hops of \(hop)" }
        guard floor.isFinite, floor > 0, floor < 1 else {
            return "detector.floor is \(floor), expected between 0 and 1"
        }
        return nil
    }
}
