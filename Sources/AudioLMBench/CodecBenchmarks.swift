import Foundation
import SoundStream
import Tensors

/// Ten seconds of noise through the codec of a bundle's folder and back, whole and frame by frame.
func codecBenchmarks(folder: String, on pool: WorkerPool) throws -> [Measurement] {
    let codec = try Codec(folder: folder)
    let (rate, hop) = (codec.configuration.sampleRate, codec.configuration.hop)
    var random = SeededGenerator(seed: 1)
    let samples = (0..<10 * rate / hop * hop).map { _ in random.nextNormal() * 0.1 }
    let sound = Double(samples.count) / Double(rate)
    let codes = codec.encode(samples: samples, on: pool)
    func measurement(_ name: String, _ body: () -> Void) -> Measurement {
        let seconds = median(of: 5, body)
        return Measurement(name: name, microseconds: seconds * 1e6, realTimeFactor: sound / seconds)
    }
    return [
        measurement("codec, encoding") { _ = codec.encode(samples: samples, on: pool) },
        measurement("codec, decoding") { _ = try? codec.decode(codes: codes, on: pool) },
        measurement("codec, encoding frame by frame") {
            var state = codec.makeEncoderState()
            for frame in 0..<samples.count / hop {
                let piece = Array(samples[frame * hop..<(frame + 1) * hop])
                _ = codec.encode(samples: piece, &state, on: pool)
            }
        },
        measurement("codec, decoding frame by frame") {
            var state = codec.makeDecoderState()
            for frame in 0..<codes.count {
                _ = try? codec.decode(codes: codes[frame..<frame + 1], &state, on: pool)
            }
        },
    ]
}
