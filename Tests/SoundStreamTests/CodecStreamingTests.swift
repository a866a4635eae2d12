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

    private func stream(_ samples: [Float], by piece: Int, on pool: WorkerPool) -> CodeFrames {
        var state = codec.makeEncoderState()
        var codes = CodeFrames(levels: codec.configuration.levels)
        for start in stride(from: 0, to: samples.count, by: piece) {
            let part = Array(samples[start..<min(start + piece, samples.count)])
            codes.append(codec.encode(samples: part, &state, on: pool))
        }
        return codes
    }

    private func stream(_ codes: CodeFrames, by piece: Int, on pool: WorkerPool) throws -> [Float] {
        var state = codec.makeDecoderState()
        var samples: [Float] = []
        for start in stride(from: 0, to: codes.count, by: piece) {
            samples += try codec.decode(
                codes: codes[start..<min(start + piece, codes.count)], &state, on: pool)
        }
        return samples + codec.finish(&state)
    }

    @Test(arguments: [1, 7, 47, 48, 49, 96, 500, 1439])
    func streamedCodesEqualWhole(piece: Int) {
        #expect(stream(tiny.samples, by: piece, on: pool) == codec.encode(samples: tiny.samples, on: pool))
    }

    @Test(arguments: [1, 2, 3, 7, 29, 30])
    func streamedSamplesEqualWhole(piece: Int) throws {
        let codes = try tiny.goldenCodes
        expectIdentical(try stream(codes, by: piece, on: pool), try codec.decode(codes: codes, on: pool))
    }

    /// Longer than what whole recordings are worked on at once.
    @Test func longRecordingsAndThreads() throws {
        var random = SeededGenerator(seed: 3)
        let samples = random.normals(48 * 600 + 5, scale: 0.1)
        let one = WorkerPool(threads: 1)
        let codes = codec.encode(samples: samples, on: pool)
        #expect(codes.count == 601)
        #expect(codes == codec.encode(samples: samples, on: one))
        #expect(codes[0..<600] == stream(samples, by: 48 * 600, on: one))
        let sound = try codec.decode(codes: codes, on: pool)
        expectIdentical(sound, try codec.decode(codes: codes, on: one))
        expectIdentical(sound, try stream(codes, by: 601, on: one))
    }

    @Test func emptyInput() throws {
        #expect(codec.encode(samples: [], on: pool).count == 0)
        #expect(try codec.decode(codes: CodeFrames(levels: 4), on: pool) == [])
    }
}
