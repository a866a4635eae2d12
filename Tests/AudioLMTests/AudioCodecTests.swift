import Foundation
import SoundStream
import Tensors
import TestSupport
import Testing

@testable import AudioLM

/// What a codec's folder must hold.
@Suite struct AudioCodecTests {
    private func load(_ folder: String) throws -> AudioCodec {
        try AudioCodec(contentsOf: URL(fileURLWithPath: folder), threads: 1)
    }

    @Test func refusesDamagedFolders() throws {
        let good = try String(contentsOfFile: Fixtures.path("tiny_codec/config.json"), encoding: .utf8)
        try withTemporaryFolder { folder in
            #expect(throws: BundleError.self) { try load(folder) }
            for text in [
                "", "{}", "[1]", "{\"format\": 2", good.replacingOccurrences(of: "480", with: "4.5"),
                good.replacingOccurrences(of: "\"beams\": 2", with: "\"beams\": \"2\""),
                good.replacingOccurrences(of: "\"hop\"", with: "\"jump\""),
            ] {
                try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
                #expect(throws: BundleError.self) { try load(folder) }
            }
            try Data(good.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
            #expect(throws: BundleError.self) { try load(folder) }
        }
    }

    /// Random damage to the configuration either throws or leaves a codec that works.
    @Test func survivesRandomDamage() throws {
        let good = [UInt8](
            try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("tiny_codec/config.json"))))
        try withTemporaryFolder { folder in
            try FileManager.default.copyItem(
                atPath: Fixtures.path("tiny_codec/codec.safetensors"), toPath: folder + "/codec.safetensors")
            var random = SeededGenerator(seed: 77)
            var loaded = 0
            for _ in 0..<300 {
                let damaged = damage(good, &random)
                try Data(damaged).write(to: URL(fileURLWithPath: folder + "/config.json"))
                guard let codec = try? load(folder) else { continue }
                loaded += 1
                #expect(codec.network.encode(samples: [0.1, 0.2], on: codec.pool).count > 0)
            }
            #expect(loaded > 0)
        }
    }

    /// Text with one to three characters changed, added or removed.
    private func damage(_ text: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = text
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0x20...0x7e, using: &random)
            case 1: bytes.insert(UInt8.random(in: 0x30...0x39, using: &random), at: index)
            default: bytes.remove(at: index)
            }
        }
        return bytes
    }

    @Test func aBundleOfAnotherVersionIsSaidToBeOne() throws {
        try withTemporaryFolder { folder in
            let text = try String(contentsOfFile: Fixtures.path("tiny_bundle/config.json"), encoding: .utf8)
            let changed = text.replacing("\"format\": 1", with: "\"format\": 7")
            try Data(changed.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
            let error = #expect(throws: BundleError.self) { try load(folder) }
            #expect(error?.description.contains("format 7, expected 1") == true)
        }
    }
}
