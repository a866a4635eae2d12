import AudioFiles

/// What coded sound says of itself before its first block: 32 bytes, integers little-endian, the last four their
/// CRC-32. `Documentation/coded-sound.md` has the table.
struct CodedSoundHeader: Sendable, Equatable {
    /// As PNG's: a byte that is no text, the name, and line ends that a transfer as text would change.
    static let magic: [UInt8] = [0x89, 0x41, 0x4C, 0x4D, 0x0D, 0x0A, 0x1A, 0x0A]
    static let version = 1
    static let byteCount = 32
    /// Samples per second of sound that can be coded.
    static let sourceRates = 1000...768_000

    /// Codes of a frame, coarsest first.
    let levels: Int
    /// Bits of a code.
    let bits: Int
    /// Samples per second of the codec.
    let codecRate: Int
    /// Samples of a frame at that rate.
    let hop: Int
    /// Samples per second of the recording that was coded.
    let sourceRate: Int
    let codec: CodecIdentity

    var bytes: [UInt8] {
        var bytes = Self.magic + [UInt8(Self.version), UInt8(levels), UInt8(bits), 0]
        bytes.append(littleEndian: UInt32(codecRate))
        bytes.append(littleEndian: UInt32(sourceRate))
        bytes.append(littleEndian: UInt32(hop))
        bytes.append(littleEndian: codec.value)
        bytes.append(littleEndian: CRC32.of(bytes))
        return bytes
    }

    init(levels: Int, bits: Int, codecRate: Int, hop: Int, sourceRate: Int, codec: CodecIdentity) {
        self.levels = levels
        self.bits = bits
        self.codecRate = codecRate
        self.hop = hop
        self.sourceRate = sourceRate
        self.codec = codec
    }

    /// Reads the first bytes of `name`; throws `CodedSoundError`.
    init(_ bytes: [UInt8], name: String) throws {
        guard bytes.starts(with: Self.magic) else {
            let words = bytes.prefix(4).map { String($0, radix: 16) }.joined(separator: " ")
            let isCut = !bytes.isEmpty && Self.magic.starts(with: bytes)
            if isCut { throw CodedSoundError.truncated(name: name, second: 0) }
            throw CodedSoundError.notCodedSound(
                name: name, found: bytes.isEmpty ? "nothing (zero length)" : "bytes \(words)")
        }
        if bytes.count > 8, Int(bytes[8]) != Self.version {
            throw CodedSoundError.version(name: name, found: Int(bytes[8]))
        }
        guard bytes.count == Self.byteCount else { throw CodedSoundError.truncated(name: name, second: 0) }
        guard CRC32.of(bytes[..<28]) == bytes.littleEndian(UInt32.self, at: 28) else {
            throw CodedSoundError.damaged(name: name, second: nil)
        }
        func number(_ place: Int) -> Int { Int(bytes.littleEndian(UInt32.self, at: place)) }
        self.init(
            levels: Int(bytes[9]), bits: Int(bytes[10]), codecRate: number(12), hop: number(20),
            sourceRate: number(16), codec: CodecIdentity(value: bytes.littleEndian(UInt32.self, at: 24)))
        guard levels > 0, (1...16).contains(bits), codecRate > 0, hop > 0,
            Self.sourceRates.contains(sourceRate)
        else { throw CodedSoundError.inconsistent(name: name, reason: "its header holds impossible numbers") }
    }

    /// Seconds of sound in `frames` frames.
    func seconds(frames: Int) -> Double { Double(frames) * Double(hop) / Double(codecRate) }

    /// Samples at the codec's rate that `count` samples of the recording become.
    func codecSamples(source count: Int) -> Int { rescaled(count, from: sourceRate, to: codecRate) }
}
