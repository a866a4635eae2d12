import AudioFiles
import Foundation

extension AudioBuffer {
    /// The bytes of a sound file that holds this.
    func encoded(as container: AudioContainer) throws -> Data {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "audiolm-\(UUID().uuidString).\(container.rawValue)")
        defer { try? FileManager.default.removeItem(at: file) }
        try write(to: file)
        return try Data(contentsOf: file)
    }
}
