public import AudioFiles
public import Foundation

/// A folder of its own for one test, removed with the value.
public final class TemporaryFolder: Sendable {
    public let url: URL

    public init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("audiolm-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    public func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// Names of everything in the folder, hidden files included.
    public var contents: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
    }
}

/// A decaying chord with a little of everything up to a quarter of the sample rate, each channel its own level.
public func chord(seconds: Double, rate: Int, channels: Int = 1, level: Float = 0.5) -> AudioBuffer {
    let count = Int((seconds * Double(rate)).rounded())
    let frequencies = [110.0, 277.2, 440, 1318.5].filter { $0 < Double(rate) / 4 }
    return AudioBuffer(
        channels: (0..<channels).map { channel in
            (0..<count).map { i in
                let t = Double(i) / Double(rate)
                let sum = frequencies.reduce(0) { $0 + sin(2 * .pi * $1 * t) } / Double(frequencies.count)
                return level * Float(sum * exp(-t / 4)) / Float(channel + 1)
            }
        }, sampleRate: rate)
}

/// Signal-to-error ratio in dB over every channel.
public func fidelity(_ found: AudioBuffer, to expected: AudioBuffer) -> Double {
    var signal = 0.0
    var error = 1e-30
    for (a, b) in zip(expected.channels, found.channels) {
        for (x, y) in zip(a, b) {
            signal += Double(x * x)
            error += Double((x - y) * (x - y))
        }
    }
    return 10 * log10(signal / error)
}
