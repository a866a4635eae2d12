import AudioLM
import Foundation
import TestSupport

/// The bundle of tiny random networks in Tests/Fixtures, made by
/// Training/audiolm_training/fixtures/tiny_bundle.py.
enum TinyBundle {
    static let folder = URL(filePath: Fixtures.path("tiny_bundle"))

    static func load(threads: Int = 1) throws -> AudioLMBundle {
        try AudioLMBundle(contentsOf: folder, threads: threads)
    }

    /// Seconds of two decaying tones.
    static func prompt(seconds: Double = 2) -> [Float] {
        (0..<Int(seconds * 24000)).map { i in
            let time = Float(i) / 24000
            return 0.1 * exp(-time) * (sin(2 * .pi * 220 * time) + sin(2 * .pi * 330 * time))
        }
    }

    /// Calls `body` with a copy of bundle and codec that may be damaged.
    static func withCopy<R>(_ body: (URL) throws -> R) throws -> R {
        let files = FileManager.default
        let root = files.temporaryDirectory.appending(path: "audiolm-\(UUID().uuidString)")
        try files.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: root) }
        for name in ["tiny_bundle", "tiny_codec"] {
            try files.copyItem(at: URL(filePath: Fixtures.path(name)), to: root.appending(path: name))
        }
        return try body(root.appending(path: "tiny_bundle"))
    }

    /// Calls `body` with the bundle whose config.json lacks a section.
    static func withoutSection<R>(_ name: String, _ body: (AudioLMBundle) throws -> R) throws -> R {
        try withCopy { folder in
            let file = folder.appending(path: "config.json")
            let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
            var config = object as? [String: Any] ?? [:]
            config[name] = nil
            try JSONSerialization.data(withJSONObject: config).write(to: file)
            return try body(AudioLMBundle(contentsOf: folder, threads: 1))
        }
    }
}

/// All that a continuation reports.
struct Collected {
    var samples: [Float] = []
    var progress: [ContinuationProgress] = []
    var chunks = 0
    var summary: ContinuationSummary?

    init(_ events: AsyncThrowingStream<ContinuationEvent, any Error>) async throws {
        for try await event in events {
            switch event {
            case .progress(let value): progress.append(value)
            case .audio(let chunk):
                samples += chunk
                chunks += 1
            case .finished(let value): summary = value
            }
        }
    }
}
