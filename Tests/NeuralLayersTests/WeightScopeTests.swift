import NeuralLayers
import Tensors
import TestSupport
import Testing

@Suite struct WeightScopeTests {
    let scope: WeightScope

    init() throws { scope = WeightScope(try Fixtures.golden("layers/layers.safetensors")) }

    @Test func mismatchesThrowWithThePath() {
        #expect(throws: ModelError.missing(path: "linear.gain")) { try scope["linear"].tensor("gain", [1]) }
        #expect(throws: ModelError.shape(path: "linear.weight", expected: [19, 25], found: [19, 24])) {
            try Linear(25, 19, bias: true, from: scope["linear"])
        }
        #expect(throws: ModelError.type(path: "int8.weight", expected: "F32 or BF16", found: "I8")) {
            try scope["int8"].tensor("weight", [19, 24])
        }
    }

    @Test func layersOfOtherTypesSideBySideThrow() throws {
        let error = ModelError.type(
            path: "int8.weight", expected: "float32 as linear beside it", found: "int8")
        #expect(throws: error) {
            try Linear(24, 19, sideBySide: ["linear", "int8"], bias: false, from: scope)
        }
    }

    @Test func unusedTensorsThrow() throws {
        for name in scope.file.entries.keys where name != "x" && name != "linear.bias" {
            let entry = try scope.file.entry(name)
            if entry.type == .float32 || entry.type == .bfloat16 {
                _ = try scope.tensor(name, entry.shape)
            } else if entry.type == .int8 {
                _ = try scope.matrix(name, entry.shape[0], entry.shape[1])
            }
        }
        #expect(throws: ModelError.unused(paths: ["embedding.tokens", "linear.bias", "x"])) {
            try scope.requireAllUsed()
        }
    }

    /// Of bytes, so that sums stay within 32 bits.
    @Test(arguments: [InputRounding.sixteenBits, .sevenBits])
    func moreInputsThanCanBeSummedThrow(rounding: InputRounding) throws {
        for inputs in [65_536, 65_537] {
            let json =
                #"{"w":{"dtype":"I8","shape":[1,\#(inputs)],"data_offsets":[4,\#(inputs + 4)]},"#
                + #""w_scale":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
            let header = [UInt8](json.utf8)
            let bytes: [UInt8] =
                [UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header + [0, 0, 0x80, 0x3f]
                + [UInt8](repeating: 1, count: inputs)
            try withTemporaryFile(bytes) { path in
                let scope = WeightScope(try SafetensorsFile(path: path), rounding: rounding)
                if inputs == 65_536 {
                    let y = try scope.matrix("w", 1, inputs).apply(
                        Tensor([1, inputs], filledWith: 1), on: WorkerPool(threads: 1))
                    #expect(abs(y[0, 0] - 65_536) < 1)
                } else {
                    #expect(throws: ModelError.wide(path: "w", most: 65_536, found: inputs)) {
                        try scope.matrix("w", 1, inputs)
                    }
                }
            }
        }
    }

    @Test func damagedWeightsThrow() throws {
        var bytes: [UInt8] = Array(#"{"weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.utf8)
        bytes = [UInt8(bytes.count), 0, 0, 0, 0, 0, 0, 0] + bytes + [0, 0, 0xc0, 0x7f]
        try withTemporaryFile(bytes) { path in
            let scope = WeightScope(try SafetensorsFile(path: path))
            #expect(throws: ModelError.notFinite(path: "weight")) { try scope.tensor("weight", [1]) }
        }
        bytes.replaceSubrange((bytes.count - 2)..., with: [0x80, 0xbf])
        try withTemporaryFile(bytes) { path in
            let scope = WeightScope(try SafetensorsFile(path: path))
            #expect(try scope.tensor("weight", [1], in: -1...0).elements == [-1])
            #expect(throws: ModelError.range(path: "weight", found: -1)) {
                try scope.tensor("weight", [1], in: 0...1)
            }
        }
    }
}
