import SoundStream
import Tensors
import TestSupport
import Testing

/// Pieces of any size give the codes and the samples of the whole, bit for bit.
@Suite struct CodecStreamingTests {
    let tiny: TinyCodec
    let pool = WorkerPool(threads: 2)
    var codec: Codec { tiny.codec }

    init() throws { tiny = try TinyCodec() }

    private func stream(_ samples: [Float], levels: Int? = nil, by piece: Int, on pool: WorkerPool)
        -> CodeFrames
    {
        var state = codec.makeEncoderState()
        var codes = CodeFrames(levels: levels ?? codec.configuration.levels)
        for start in stride(from: 0, to: samples.count, by: piece) {
            let part = Array(samples[start..<min(start + piece, samples.count)])
            codes.append(codec.encode(samples: part, levels: levels, &state, on: pool))
        }
        return codes
    }

    private func stream(
        _ codes: CodeFrames, by piece: Int, _ state: inout Codec.DecoderState, on pool: WorkerPool
    ) throws -> [Float] {
        var samples: [Float] = []
        for start in stride(from: 0, to: codes.count, by: piece) {
            samples += try codec.decode(
                codes: codes[start..<min(start + piece, codes.count)], &state, on: pool)
        }
        return samples
    }

    @Test(arguments: [1, 7, 47, 48, 49, 96, 500, 959])
    func streamedCodesEqualWhole(piece: Int) {
        let silence = [Float](repeating: 0, count: codec.configuration.delay * codec.configuration.hop)
        for levels in [4, 2] {
            let whole = codec.encode(samples: tiny.samples, levels: levels, on: pool)
            #expect(stream(tiny.samples + silence, levels: levels, by: piece, on: pool) == whole)
        }
    }

    @Test(arguments: [1, 2, 3, 7, 19, 20])
    func streamedSamplesEqualWhole(piece: Int) throws {
        for codes in [try tiny.goldenCodes, try tiny.goldenCodesOfTwo] {
            var state = codec.makeDecoderState()
            expectIdentical(
                try stream(codes, by: piece, &state, on: pool), try codec.decode(codes: codes, on: pool))
        }
    }

    @Test(arguments: [1, 2, 5])
    func streamedSamplesEqualWholeAfterARecording(piece: Int) throws {
        let codes = try tiny.goldenCodes
        let start = try codec.makeDecoderState(
            after: Array(tiny.samples[..<480]), expecting: Array(tiny.samples[480..<500]),
            codes: codes[0..<10], on: pool)
        var (whole, pieces) = (start, start)
        expectIdentical(
            try stream(codes[10..<20], by: piece, &pieces, on: pool),
            try codec.decode(codes: codes[10..<20], &whole, on: pool))
    }

    /// Frame k is complete with sample hop · (k + 1), and a sample with the frames of the delay.
    @Test func framesAndSamplesComeAsSoonAsTheyCan() throws {
        let c = codec.configuration
        var encoding = codec.makeEncoderState()
        #expect(codec.encode(samples: Array(tiny.samples[..<(c.hop - 1)]), &encoding, on: pool).count == 0)
        #expect(codec.encode(samples: [tiny.samples[c.hop - 1]], &encoding, on: pool).count == 1)
        var decoding = codec.makeDecoderState()
        let codes = try tiny.goldenCodes
        #expect(try codec.decode(codes: codes[0..<c.delay], &decoding, on: pool).isEmpty)
        #expect(try codec.decode(codes: codes[3..<4], &decoding, on: pool).count == c.hop)
    }

    @Test(arguments: [1, 47, 48, 49, 500])
    func decodingGivesAllSamplesBack(count: Int) throws {
        let codes = codec.encode(samples: Array(tiny.samples[..<count]), on: pool)
        let begun = (count + 47) / 48
        #expect(codes.count == begun + codec.configuration.delay)
        #expect(try codec.decode(codes: codes, on: pool).count == begun * 48)
    }

    /// Longer than what whole recordings are worked on at once.
    @Test func longRecordingsAndThreads() throws {
        var random = SeededGenerator(seed: 3)
        let samples = random.normals(48 * 600 + 5, scale: 0.1)
        let one = WorkerPool(threads: 1)
        let codes = codec.encode(samples: samples, on: pool)
        #expect(codes == codec.encode(samples: samples, on: one))
        #expect(codes[0..<600] == stream(samples, by: 48 * 600, on: one))
        let sound = try codec.decode(codes: codes, on: pool)
        expectIdentical(sound, try codec.decode(codes: codes, on: one))
        var state = codec.makeDecoderState()
        expectIdentical(sound, try stream(codes, by: codes.count, &state, on: one))
    }

    @Test func emptyInput() throws {
        #expect(codec.encode(samples: [], on: pool).count == 0)
        #expect(try codec.decode(codes: CodeFrames(levels: 4), on: pool) == [])
    }
}
