import Foundation
import NeuralLayers
import SoundStream
import Tensors
import TestSupport
import Testing

@Suite struct CodecLoadingTests {
    private func weights() throws -> WeightScope {
        WeightScope(try Fixtures.golden("codec/codec.safetensors"))
    }

    @Test func refusesNumbersOutOfRange() throws {
        let good = try TinyCodec().codec.configuration
        let changes: [(inout CodecConfiguration) -> Void] = [
            { $0.hop = 0 }, { $0.hop = 1 << 40 }, { $0.latentDimension = -1 },
            { $0.encoderBlocks = 1_000_000 },
            { $0.decoderDimension = 0 }, { $0.expansion = 0 }, { $0.kernel = 0 }, { $0.levels = 0 },
            { $0.codebookSize = 0 }, { $0.beams = 0 }, { $0.sampleRate = 1 }, { $0.format = 1 },
            { $0.window = 145 }, { $0.window = 48 }, { $0.fft = 128 }, { $0.fft = 300 }, { $0.spectra = 5 },
            { $0.modelType = "encodec" }, { $0.adaptedLevels = 5 }, { $0.adapterRank = 0 },
            { $0.adapterRank = -1 },
        ]
        for change in changes {
            var configuration = good
            change(&configuration)
            #expect(throws: CodecError.self) { try Codec(configuration: configuration, weights: weights()) }
        }
    }

    @Test func saysWhatDoesNotFit() throws {
        func description(_ change: (inout CodecConfiguration) -> Void) throws -> String {
            var configuration = try TinyCodec().codec.configuration
            change(&configuration)
            let error = #expect(throws: CodecError.self) { try configuration.validate() }
            return error?.description ?? ""
        }
        #expect(try description { $0.format = 1 }.contains("format 1"))
        #expect(try description { $0.format = 1 }.contains("expected format 3"))
        #expect(try description { $0.window = 145 }.contains("window of 145, expected a multiple of 24"))
        #expect(try description { $0.fft = 128 }.contains("power of two not below the window of 144"))
        #expect(try description { $0.spectra = 5 }.contains("5 spectra in a hop of 48"))
    }

    @Test func refusesWeightsOfAnotherSize() throws {
        var configuration = try TinyCodec().codec.configuration
        configuration.decoderDimension = 24
        #expect(
            throws: ModelError.shape(path: "decoder.input.bias", expected: [24], found: [20])
        ) { try Codec(configuration: configuration, weights: weights()) }
        configuration.decoderDimension = 20
        configuration.decoderBlocks = 1
        #expect(throws: ModelError.self) { try Codec(configuration: configuration, weights: weights()) }
    }

    @Test func refusesImpossibleCodes() throws {
        let codec = try TinyCodec().codec
        let pool = WorkerPool(threads: 1)
        #expect(throws: CodecError.levels(found: 5, allowed: 1...4)) {
            try codec.decode(codes: CodeFrames(levels: 5, codes: [0, 0, 0, 0, 0]), on: pool)
        }
        for code in [-1, 40] {
            #expect(throws: CodecError.code(found: code, frame: 1, level: 1, codebookSize: 40)) {
                try codec.decode(codes: CodeFrames(levels: 2, codes: [0, 0, 0, code]), on: pool)
            }
        }
        #expect(CodeFrames(rows: [[1, 2], [3]]) == nil)
        #expect(CodeFrames(rows: [[1, 2], [3, 4]])?.rows == [[1, 2], [3, 4]])
    }
}
