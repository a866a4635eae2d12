import Foundation
import SoundStream
import Tensors
import TestSupport
import Testing

/// The codec that the repository ships, against what PyTorch computed when it was exported.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: Fixtures.model("codec/config.json"))))
struct ShippedCodecTests {
    let codec: Codec
    let golden: SafetensorsFile
    let pool = WorkerPool(threads: 2)

    init() throws {
        codec = try Codec(in: Fixtures.model("codec"))
        golden = try SafetensorsFile(path: Fixtures.model("codec") + "/golden.safetensors")
    }

    private var codes: CodeFrames {
        get throws {
            CodeFrames(levels: codec.configuration.levels, codes: try golden.integers("codec.codes"))
        }
    }

    /// A code may differ where two paths are equally good to within rounding.
    @Test func encodesAsItWasExported() throws {
        let expected = try codes
        let actual = codec.encode(samples: try golden.tensor("codec.samples").elements, on: pool)
        #expect(actual.count == expected.count)
        let equal = zip(actual.rows, expected.rows).count { $0 == $1 }
        #expect(equal >= expected.count * 95 / 100, "\(equal) of \(expected.count) frames agree")
    }

    /// Rounding may change which of two equally loud bins lends the other its phase.
    @Test func decodesAsItWasExported() throws {
        let expected = try golden.tensor("codec.decoded").elements
        expectClose(try codec.decode(codes: codes, on: pool), expected, absolute: 5e-3)
    }
}
