import Tensors
import TestSupport
import Testing

/// Phases in the order of a heap, bit for bit, without one.
@Suite struct PhaseIntegrationTests {
    private static let silent: Float = -1
    private let integration = PhaseIntegration(
        window: 36, hop: 12, fft: 64, logarithmOfLevel: 2.5, silentLevel: Self.silent)
    private var bins: Int { integration.bins }

    private func phases(_ levels: [[Float]]) -> [[Float]] {
        var phases = [[Float](repeating: 0, count: bins)]
        integration.noise(frame: 0, into: &phases[0])
        for frame in 1..<levels.count - 1 {
            var row = [Float](repeating: 0, count: bins)
            integration.integrate(
                before: levels[frame - 1], now: levels[frame], after: levels[frame + 1],
                phasesBefore: phases[frame - 1], frame: frame, into: &row)
            phases.append(row)
        }
        return phases
    }

    /// Who gives each bin its phase as the published algorithm says: 0 the frame before, −1 and 1 a neighbour.
    private func origins(before: [Float], now: [Float]) -> [Int?] {
        var origins = [Int?](repeating: nil, count: bins)
        var queue = (0..<bins).filter { now[$0] > Self.silent }.map { (level: before[$0], item: 2 * $0) }
        func take(_ bin: Int, from origin: Int) {
            guard origins[bin] == nil, now[bin] > Self.silent else { return }
            origins[bin] = origin
            queue.append((now[bin], 2 * bin + 1))
        }
        while let top = queue.indices.max(by: {
            (queue[$0].level, -queue[$0].item) < (queue[$1].level, -queue[$1].item)
        }) {
            let (bin, isNow) = queue.remove(at: top).item.quotientAndRemainder(dividingBy: 2)
            guard isNow == 1 else {
                take(bin, from: 0)
                continue
            }
            if bin + 1 < bins { take(bin + 1, from: -1) }
            if bin > 0 { take(bin - 1, from: 1) }
        }
        return origins
    }

    /// Levels of three kinds: many ties, noise, and slopes with silence between them.
    @Test(arguments: 0..<3, 0..<20)
    func followsTheHeapsOrder(kind: Int, seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed), stream: UInt64(kind))
        let levels = (0..<12).map { _ -> [Float] in
            var sum: Float = 1
            return (0..<bins).map { _ -> Float in
                sum += random.nextNormal() * 0.7
                return switch kind {
                case 0: (random.nextUniform() * 6).rounded() * 0.5 - 1.5
                case 1: random.nextNormal() * 2
                default: sum
                }
            }
        }
        let found = phases(levels)
        for frame in 1..<levels.count - 1 {
            for (bin, origin) in origins(before: levels[frame - 1], now: levels[frame]).enumerated() {
                let expected =
                    switch origin {
                    case 0:
                        found[frame - 1][bin]
                            + (advance(levels[frame - 1], bin) + advance(levels[frame], bin)) / 2
                    case .some(let side):
                        found[frame][bin + side] - Float(side) * step(levels, frame, bin, side)
                    case nil: noise(frame: frame)[bin]
                    }
                let turns = found[frame][bin] - expected
                #expect(abs(turns - turns.rounded()) < 1e-4, "frame \(frame) bin \(bin)")
            }
        }
    }

    private func noise(frame: Int) -> [Float] {
        var row = [Float](repeating: 0, count: bins)
        integration.noise(frame: frame, into: &row)
        return row
    }

    private var ratio: Float { 0.25645 * 36 * 36 }
    private var scale: Float { 2.5 / 2 / (2 * .pi) }

    /// Turns in one hop.
    private func advance(_ levels: [Float], _ bin: Int) -> Float {
        let difference = bin > 0 && bin + 1 < bins ? levels[bin + 1] - levels[bin - 1] : 0
        return Float(bin) * 12 / 64 + 12 * 64 / ratio * scale * difference
    }

    /// Turns from a bin to the next, the mean of both: of `bin` and the bin on its `side`.
    private func step(_ levels: [[Float]], _ frame: Int, _ bin: Int, _ side: Int) -> Float {
        let slopes = [bin, bin + side].map { levels[frame + 1][$0] - levels[frame - 1][$0] }
        return -ratio / (12 * 64) * scale * (slopes[0] + slopes[1]) / 2
    }

    @Test func survivesNumbersThatAreNone() {
        for value in [Float.nan, .infinity, -.infinity, -0.0, .greatestFiniteMagnitude] {
            var random = SeededGenerator(seed: 1)
            let levels = (0..<8).map { _ -> [Float] in
                (0..<bins).map { $0 % 3 == 0 ? value : random.nextNormal() }
            }
            #expect(phases(levels).count == 7)
        }
    }
}
