/// The description of one tensor in a safetensors file.
package struct SafetensorsEntry: Sendable, Equatable {
    package let type: SafetensorsType
    package let shape: [Int]
    /// The bytes of the elements, counted from the beginning of the data.
    package let bytes: Range<Int>
}

/// The parsed and checked header of a safetensors file: one JSON object that gives for each tensor its type, its
/// shape and the bytes of its elements.
struct SafetensorsHeader {
    private(set) var entries: [String: SafetensorsEntry] = [:]
    private(set) var metadata: [String: String] = [:]

    private static let maximumRank = 8

    /// Why a header was refused: syntax, at an offset, or the contents of one tensor's description.
    enum Failure: Error {
        case syntax(JSONScanner.Failure)
        case tensor(name: String, reason: String)
    }

    /// Parses `text`, the header of a file whose data is `dataSize` bytes long.
    init(_ text: [UInt8], dataSize: Int) throws(Failure) {
        do throws(JSONScanner.Failure) {
            try parse(text)
        } catch {
            throw .syntax(error)
        }
        try check(dataSize: dataSize)
    }

    private mutating func parse(_ text: [UInt8]) throws(JSONScanner.Failure) {
        var scanner = JSONScanner(text)
        var hasMetadata = false
        try scanner.expect("{")
        if !scanner.take("}") {
            repeat {
                let name = try scanner.string()
                try scanner.expect(":")
                if name == "__metadata__" {
                    guard !hasMetadata else { throw scanner.fail("a second \"__metadata__\"") }
                    hasMetadata = true
                    metadata = try Self.metadata(&scanner)
                } else {
                    guard entries[name] == nil else { throw scanner.fail("a second tensor \"\(name)\"") }
                    entries[name] = try Self.entry(&scanner)
                }
            } while scanner.take(",")
            try scanner.expect("}")
        }
        try scanner.expectEnd()
    }

    private static func metadata(_ scanner: inout JSONScanner) throws(JSONScanner.Failure) -> [String: String]
    {
        var result: [String: String] = [:]
        try scanner.expect("{")
        guard !scanner.take("}") else { return result }
        repeat {
            let key = try scanner.string()
            try scanner.expect(":")
            result[key] = try scanner.string()
        } while scanner.take(",")
        try scanner.expect("}")
        return result
    }

    private static func entry(_ scanner: inout JSONScanner) throws(JSONScanner.Failure) -> SafetensorsEntry {
        var type: SafetensorsType?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.expect("{")
        repeat {
            let key = try scanner.string()
            try scanner.expect(":")
            switch key {
            case "dtype" where type == nil:
                let name = try scanner.string()
                type = SafetensorsType(rawValue: name)
                guard type != nil else { throw scanner.fail("unknown dtype \"\(name)\"") }
            case "shape" where shape == nil: shape = try scanner.integers(limit: maximumRank)
            case "data_offsets" where offsets == nil: offsets = try scanner.integers(limit: 2)
            default: throw scanner.fail("unexpected or repeated key \"\(key)\"")
            }
        } while scanner.take(",")
        try scanner.expect("}")
        guard let type, let shape, let offsets, offsets.count == 2 else {
            throw scanner.fail("a tensor needs dtype, shape and two data_offsets")
        }
        guard offsets[0] <= offsets[1] else { throw scanner.fail("data_offsets that run backwards") }
        return SafetensorsEntry(type: type, shape: shape, bytes: offsets[0]..<offsets[1])
    }

    /// Each tensor has as many bytes as its shape and type say, and all of them together cover the data once.
    private func check(dataSize: Int) throws(Failure) {
        for (name, entry) in entries {
            guard entry.bytes.upperBound <= dataSize else {
                throw .tensor(
                    name: name, reason: "its bytes \(entry.bytes) reach past the \(dataSize) bytes of data")
            }
            var size = entry.type.size
            for extent in entry.shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: extent)
                guard !overflow else {
                    throw .tensor(name: name, reason: "shape \(entry.shape) is too large")
                }
                size = product
            }
            guard size == entry.bytes.count else {
                throw .tensor(
                    name: name,
                    reason: "shape \(entry.shape) of \(entry.type.rawValue) takes \(size) bytes, "
                        + "its offsets give \(entry.bytes.count)")
            }
        }
        var end = 0
        for (name, entry) in entries.sorted(by: { Self.precedes($0.value.bytes, $1.value.bytes) }) {
            guard entry.bytes.lowerBound == end else {
                let fault = entry.bytes.lowerBound < end ? "overlaps" : "leaves a hole after"
                throw .tensor(name: name, reason: "it \(fault) the tensor before it")
            }
            end = entry.bytes.upperBound
        }
        guard end == dataSize else {
            throw .tensor(
                name: "(last)", reason: "the tensors end at byte \(end) of \(dataSize) bytes of data")
        }
    }

    private static func precedes(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
        (a.lowerBound, a.upperBound) < (b.lowerBound, b.upperBound)
    }
}
