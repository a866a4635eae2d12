import Tensors
import TestSupport
import Testing

@Suite struct SafetensorsTests {
    @Test func readsTensorsOfEveryAlignment() throws {
        try withTemporaryFile(SafetensorsBytes.valid) { path in
            let file = try SafetensorsFile(path: path)
            #expect(file.metadata == ["format": "pt"])
            #expect(try file.tensor("a").elements == [1, 2, 3, 4])
            #expect(try file.tensor("a").shape == [2, 2])
            #expect(try file.tensor("b").elements == [1, 2, -3])
            #expect(try file.integers("c") == [7])
            #expect(try file.tensor("d").elements == [0.5])
            #expect(throws: SafetensorsError.missing(path: path, name: "e")) { try file.tensor("e") }
            #expect(
                throws: SafetensorsError.unsupportedType(
                    path: path, name: "c", found: .int64, expected: "F32 or BF16")
            ) { try file.tensor("c") }
        }
    }

    @Test func readsAnEmptyFile() throws {
        let file = try withTemporaryFile(SafetensorsBytes.file("{}", data: [])) {
            try SafetensorsFile(path: $0)
        }
        #expect(file.entries.isEmpty)
    }

    /// What is wrong with each file, and a word that the message must have.
    static let malformed: [(String, String, [UInt8])] = [
        ("{}", "end at byte 0", [1]),
        ("[]", "expected \"{\"", []),
        ("{} x", "text after the end", []),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#, "expected \"}\"", [0, 0, 0, 0]),
        (#"{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}"#, "unknown dtype", [0, 0, 0, 0]),
        (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "non-negative", [0, 0, 0, 0]),
        (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, "expected \"]\"", [0, 0, 0, 0]),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "takes 8 bytes", [0, 0, 0, 0]),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#, "reach past", [0, 0, 0, 0]),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "backwards", [0, 0, 0, 0]),
        (#"{"a":{"dtype":"F32","shape":[1]}}"#, "needs dtype", [0, 0, 0, 0]),
        (#"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "repeated", [0, 0, 0, 0]),
        (
            #"{"a":{"dtype":"F32","shape":[9223372036854775807,3],"data_offsets":[0,4]}}"#, "too large",
            [0, 0, 0, 0]
        ),
        (
            #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, "too large",
            [0, 0, 0, 0]
        ),
        (
            #"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}"#,
            "overlaps", [0, 0, 0, 0]
        ),
        (
            #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#,
            "hole", [0, 0, 0, 0]
        ),
        (
            #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#,
            "second tensor", [0, 0, 0, 0]
        ),
        (#"{"a\q":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "escape", [0, 0, 0, 0]),
        (#"{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "surrogate", [0, 0, 0, 0]),
    ]

    @Test(arguments: malformed)
    func refusesMalformedHeaders(header: String, word: String, data: [UInt8]) throws {
        try withTemporaryFile(SafetensorsBytes.file(header, data: data)) { path in
            let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
            #expect(
                error.map { "\($0)".contains(word) } == true, "\(error.map { "\($0)" } ?? "") lacks \(word)")
        }
    }

    @Test func refusesImpossibleLengths() throws {
        for bytes: [UInt8] in [
            [], [1, 2, 3], [255, 255, 255, 255, 255, 255, 255, 255, 123],
            [0, 0, 0, 0, 0, 0, 0, 128, 123, 125], [3, 0, 0, 0, 0, 0, 0, 0, 123, 125],
        ] {
            try withTemporaryFile(bytes) { path in
                _ = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
            }
        }
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: "/nonexistent/file") }
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: "/tmp") }
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: "/dev/zero") }
    }

    /// Random damage either throws or leaves a file whose every tensor can be read.
    @Test func survivesRandomDamage() throws {
        var random = SeededGenerator(seed: 2026)
        var accepted = 0
        for _ in 0..<1_000 {
            var bytes = SafetensorsBytes.valid
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: index)
                default: bytes.removeLast(Int.random(in: 0...min(20, bytes.count - 1), using: &random))
                }
            }
            try withTemporaryFile(bytes) { path in
                guard let file = try? SafetensorsFile(path: path) else { return }
                accepted += 1
                for name in file.entries.keys {
                    _ = try? file.tensor(name)
                    _ = try? file.integers(name)
                }
            }
        }
        #expect(accepted > 0 && accepted < 1_000)
    }
}
