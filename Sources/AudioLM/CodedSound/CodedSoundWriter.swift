import SoundStream

/// Frames of codes as the bytes of coded sound: the header, blocks of 2 s with a checksum each, an end block.
struct CodedSoundWriter: Sendable {
    /// Frames of a block, of which the last may have fewer.
    static let blockFrames = 100

    private let header: CodedSoundHeader
    private let blockFrames: Int
    /// Codes that fill no block yet.
    private var pending: CodeFrames
    private var blocks: UInt32 = 0
    private var hasBegun = false

    init(_ header: CodedSoundHeader, blockFrames: Int = Self.blockFrames) {
        self.header = header
        self.blockFrames = blockFrames
        pending = CodeFrames(levels: header.levels)
    }

    /// The bytes that `codes` complete, the header before the first.
    mutating func append(_ codes: CodeFrames) -> [UInt8] {
        var bytes = begin()
        pending.append(codes)
        var start = 0
        while pending.count - start >= blockFrames {
            bytes += block(pending[start..<start + blockFrames])
            start += blockFrames
        }
        pending = pending[start..<pending.count]
        return bytes
    }

    /// The bytes of what is left, and the end.
    /// - Parameter sourceSamples: length of the recording, in samples at its own rate.
    mutating func finish(sourceSamples: Int) -> [UInt8] {
        var bytes = begin()
        if pending.count > 0 { bytes += block(pending) }
        pending = CodeFrames(levels: header.levels)
        var end: [UInt8] = []
        end.append(littleEndian: UInt64(sourceSamples))
        return bytes + checked(frames: 0, end)
    }

    private mutating func begin() -> [UInt8] {
        defer { hasBegun = true }
        return hasBegun ? [] : header.bytes
    }

    private mutating func block(_ codes: CodeFrames) -> [UInt8] {
        checked(frames: codes.count, BitPacking.pack(codes.codes, width: header.bits))
    }

    /// A block's bytes: its number of frames, its contents, and the CRC-32 of its place in the file and of these.
    private mutating func checked(frames: Int, _ contents: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt16(frames))
        bytes += contents
        bytes.append(littleEndian: blockChecksum(bytes, place: blocks))
        blocks += 1
        return bytes
    }
}

/// The CRC-32 of a block's place in the file, counted from 0, and of its bytes.
func blockChecksum(_ bytes: [UInt8], place: UInt32) -> UInt32 {
    var checked: [UInt8] = []
    checked.append(littleEndian: place)
    return CRC32.of(checked + bytes)
}
