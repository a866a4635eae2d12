import Foundation
import Tensors

/// What the figures were measured on, and the most that it can do by this program's own kernels: a large product of
/// each kind, and a large copy.
struct Machine: Encodable {
    let processor: String
    let processors: Int
    let instructionSet: String
    let threads: Int
    /// The kernels are this package's own.
    let numericalLibrary = "none"
    let gigaflops: [String: Double]
    let gigabytes: Double

    init(on pool: WorkerPool) {
        let file = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        processor =
            file.split(separator: "\n").first { $0.hasPrefix("model name") }
            .map { String($0.split(separator: ":").last ?? "").trimmingCharacters(in: .whitespaces) }
            ?? "unknown processor"
        processors = ProcessInfo.processInfo.activeProcessorCount
        instructionSet = KernelInformation.instructionSet
        threads = pool.threadCount
        gigaflops = Dictionary(
            uniqueKeysWithValues: ProductKind.allCases.map { ($0.rawValue, Self.largeProduct($0, on: pool)) }
        )
        gigabytes = Self.largeCopy(on: pool)
    }

    /// 960 × 1024 by 1024 × 1024.
    private static func largeProduct(_ kind: ProductKind, on pool: WorkerPool) -> Double {
        var random = SeededGenerator(seed: 1)
        let matrix = kind.randomMatrix(1024, 1024, &random)
        let x = Tensor([960, 1024], (0..<960 * 1024).map { _ in random.nextUniform() })
        let seconds = median(of: 9, on: pool) { _ = matrix.apply(x, on: pool) }
        return 2 * 960 * 1024 * 1024 / seconds * 1e-9
    }

    /// Bytes read and written by copies of 128 MB, shared among the threads.
    private static func largeCopy(on pool: WorkerPool) -> Double {
        let size = 128 << 20
        let source = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        let target = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        defer {
            source.deallocate()
            target.deallocate()
        }
        source.initializeMemory(as: UInt8.self, repeating: 1, count: size)
        let pieces = 64
        let seconds = median(of: 9, on: pool) {
            pool.run(pieces) {
                let start = $0 * (size / pieces)
                (target + start).copyMemory(from: source + start, byteCount: size / pieces)
            }
        }
        return 2 * Double(size) / seconds * 1e-9
    }

    var lines: [String] {
        let products = gigaflops.sorted { $0.key < $1.key }
            .map { String(format: "%@ %.0f GFLOP/s", $0.key, $0.value) }.joined(separator: "; ")
        return [
            "\(processor), \(processors) processors; kernels \(instructionSet), \(threads) threads, no numerical library",
            String(format: "large product %@; large copy %.1f GB/s", products, gigabytes),
        ]
    }
}
