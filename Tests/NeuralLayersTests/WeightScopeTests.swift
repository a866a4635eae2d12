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

    @Test func damagedWeightsThrow() throws {
        var bytes: [UInt8] = Array(#"{"weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.utf8)
        bytes = [UInt8(bytes.count), 0, 0, 0, 0, 0, 0, 0] + bytes + [0, 0, 0xc0, 0x7f]
        try withTemporaryFile(bytes) { path in
            let scope = WeightScope(try SafetensorsFile(path: path))
            #expect(throws: ModelError.notFinite(path: "weight")) { try scope.tensor("weight", [1]) }
        }
    }
}
