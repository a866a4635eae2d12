import Foundation
import NeuralLayers
import SoundStream
import Tensors
import TestSupport

/// The golden codec of `Fixtures/codec`, and what PyTorch computed with it.
struct TinyCodec {
    let codec: Codec
    let golden: SafetensorsFile
    let samples: [Float]

    init() throws {
        codec = try Codec(in: Fixtures.path("codec"))
        golden = try Fixtures.golden("codec/io.safetensors")
        samples = try golden.tensor("samples").elements
    }

    var goldenCodes: CodeFrames {
        get throws { CodeFrames(levels: codec.configuration.levels, codes: try golden.integers("codes")) }
    }

    /// The best for two levels, which are not the first two of `goldenCodes`.
    var goldenCodesOfTwo: CodeFrames {
        get throws { CodeFrames(levels: 2, codes: try golden.integers("codes_of_two")) }
    }

    /// Spectra `[spectra, bins]` as the networks see them: several in a row.
    func stacked(_ levels: Tensor) -> Tensor {
        let c = codec.configuration
        return levels.reshaped([levels.rows / c.spectra, c.spectra * c.bins])
    }
}

extension Codec {
    /// The codec of a folder that is what it should be.
    init(in folder: String) throws {
        let configuration = try Data(contentsOf: URL(fileURLWithPath: folder + "/config.json"))
        try self.init(
            configuration: JSONDecoder().decode(CodecConfiguration.self, from: configuration),
            weights: WeightScope(SafetensorsFile(path: folder + "/codec.safetensors")))
    }
}
