import SoundStream

/// Frames of codes out of the bytes of coded sound, block by block; nothing of a block comes out before its checksum
/// was found right.
struct CodedSoundReader {
    /// Longer recordings than two centuries are damage.
    private static let mostSamples: UInt64 = 1 << 48

    let header: CodedSoundHeader
    private let name: String
    /// Gives as many bytes as it is asked for, fewer only at the end.
    private let read: (Int) throws -> [UInt8]
    private var blocks: UInt32 = 0
    /// Frames read so far.
    private(set) var frames = 0
    /// Samples of the recording at its own rate; known once the end was read.
    private(set) var sourceSamples: Int?

    /// Reads the header. Throws `CodedSoundError` and what `read` throws.
    /// - Parameter name: how errors call the bytes.
    init(name: String, read: @escaping (Int) throws -> [UInt8]) throws {
        self.name = name
        self.read = read
        header = try CodedSoundHeader(read(CodedSoundHeader.byteCount), name: name)
    }

    /// The codes of the next block; nil after the last.
    mutating func next() throws -> CodeFrames? {
        guard sourceSamples == nil else { return nil }
        let start = try bytes(2)
        let count = Int(start.littleEndian(UInt16.self, at: 0))
        let size =
            count == 0 ? 8 : BitPacking.byteCount(count * header.levels, width: header.bits)
        let contents = try bytes(size)
        let checksum = try bytes(4).littleEndian(UInt32.self, at: 0)
        guard blockChecksum(start + contents, place: blocks) == checksum else {
            throw CodedSoundError.damaged(name: name, second: header.seconds(frames: frames))
        }
        blocks += 1
        guard count > 0 else {
            try end(contents.littleEndian(UInt64.self, at: 0))
            return nil
        }
        frames += count
        let codes = BitPacking.unpack(contents, count: count * header.levels, width: header.bits)
        return CodeFrames(levels: header.levels, codes: codes)
    }

    private mutating func end(_ samples: UInt64) throws {
        guard samples <= Self.mostSamples else {
            throw CodedSoundError.inconsistent(name: name, reason: "its end tells of \(samples) samples")
        }
        guard try read(1).isEmpty else { throw CodedSoundError.trailing(name: name) }
        sourceSamples = Int(samples)
    }

    private func bytes(_ count: Int) throws -> [UInt8] {
        let bytes = try read(count)
        guard bytes.count == count else {
            throw CodedSoundError.truncated(name: name, second: header.seconds(frames: frames))
        }
        return bytes
    }
}
