import Foundation
import Tensors
import TestSupport
import Testing

@testable import AudioLM

/// The detector of the tiny bundle against PyTorch, and what it leaves out.
@Suite struct DetectorTests {
    let bundle: AudioLMBundle
    let detector: Detector
    let pool = WorkerPool(threads: 1)

    init() throws {
        bundle = try TinyBundle.load()
        detector = try #require(bundle.networks.detector)
    }

    @Test func computesWhatPyTorchComputes() throws {
        let golden = try SafetensorsFile(path: TinyBundle.folder.appending(path: "golden.safetensors").path)
        let crop = try golden.tensor("detector.samples").elements
        let expected = try golden.tensor("detector.logits").elements
        expectClose([detector.logit(of: crop, on: pool)], expected, absolute: 1e-4)
        // The level tells it nothing, but for the floor under the logarithm.
        let quiet = detector.logit(of: crop.map { 0.5 * $0 }, on: pool)
        #expect(abs(quiet - expected[0]) < 1e-2)
    }

    @Test func countsWholeCropsThatSound() throws {
        let crop = detector.configuration.crop
        let sound = Array(TinyBundle.prompt().prefix(3 * crop))
        let calls = (0..<3).map {
            detector.logit(of: Array(sound[$0 * crop..<($0 + 1) * crop]), on: pool) > 0
        }
        let share = try #require(try bundle.syntheticShare(of: sound + sound.prefix(crop - 1)))
        #expect(share == Double(calls.count { $0 }) / 3)
        let pause = [Float](repeating: 1e-4, count: 2 * crop)
        #expect(try bundle.syntheticShare(of: pause + sound) == share)
        #expect(try bundle.syntheticShare(of: pause) == nil)
        #expect(try bundle.syntheticShare(of: Array(sound.prefix(crop - 1))) == nil)
        #expect(throws: ContinuationError.self) { try bundle.syntheticShare(of: [.nan]) }
    }

    @Test func aBundleMayLackOne() throws {
        try TinyBundle.withoutSection("detector") { (bundle) throws in
            #expect(try bundle.syntheticShare(of: TinyBundle.prompt()) == nil)
            #expect(try bundle.verify().count == 5)
        }
    }
}
