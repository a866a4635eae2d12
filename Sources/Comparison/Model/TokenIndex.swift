package import Foundation

/// The semantic tokens that a bundle was trained on, to look up where a run of tokens occurs among them.
package struct TokenIndex: Sendable {
    /// Tokens that are looked up at once.
    private static let seed = 4
    /// Stands between pieces; no token.
    private static let gap = UInt16.max
    /// Places of a seed beyond which it tells nothing.
    private static let mostPlaces = 5000

    private let tokens: [UInt16]
    /// Every four consecutive tokens as one number, ascending, and where they are.
    private let seeds: [(key: UInt64, place: Int32)]

    /// Tokens in the index.
    package var count: Int { tokens.count { $0 != Self.gap } }

    /// - Parameter pieces: tokens of one recording each.
    init(_ pieces: [[UInt16]]) {
        let tokens = pieces.flatMap { $0 + [Self.gap] }
        self.tokens = tokens
        seeds = (0..<max(0, tokens.count - Self.seed + 1)).compactMap { place -> (UInt64, Int32)? in
            let run = tokens[place..<place + Self.seed]
            return run.contains(Self.gap) ? nil : (Self.key(run), Int32(place))
        }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }

    /// The most places of `run` that agree with the index at one shift; 0 where no four in a row do.
    func mostEqual(_ run: [UInt16]) -> Int {
        var most = 0
        var tried: Set<Int> = []
        for offset in 0...max(0, run.count - Self.seed) where offset + Self.seed <= run.count {
            for place in places(of: run[offset..<offset + Self.seed]) {
                let start = place - offset
                guard start >= 0, start + run.count <= tokens.count, tried.insert(start).inserted else {
                    continue
                }
                most = max(most, zip(run, tokens[start...]).count { $0 == $1 })
            }
        }
        return most
    }

    private func places(of seed: ArraySlice<UInt16>) -> [Int] {
        let key = Self.key(seed)
        var (low, high) = (0, seeds.count)
        while low < high {
            let middle = (low + high) / 2
            if seeds[middle].key < key { low = middle + 1 } else { high = middle }
        }
        let found = seeds[low...].prefix(Self.mostPlaces + 1).prefix { $0.key == key }
        return found.count > Self.mostPlaces ? [] : found.map { Int($0.place) }
    }

    private static func key(_ run: ArraySlice<UInt16>) -> UInt64 { run.reduce(0) { $0 << 16 | UInt64($1) } }
}

extension TokenIndex {
    /// Reads a folder, sub-folders too: NumPy files (.npy) of unsigned 16-bit tokens, as the training writes them.
    package init(contentsOf folder: URL) throws {
        let files =
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?
            .compactMap { $0 as? URL }.filter { $0.pathExtension == "npy" } ?? []
        guard !files.isEmpty else {
            throw ComparisonError(
                "\(folder.relativePath) holds no token files (.npy); give the folder of the training's semantic tokens"
            )
        }
        self.init(try files.sorted { $0.path < $1.path }.map(Self.tokens))
    }

    /// One-dimensional little-endian unsigned 16-bit integers (NumPy's format 1.0).
    private static func tokens(_ file: URL) throws -> [UInt16] {
        let refusal = ComparisonError(
            "\(file.relativePath) is no NumPy file of unsigned 16-bit tokens in one dimension; tokenize it again"
        )
        guard let data = try? Data(contentsOf: file), data.count >= 10,
            data.starts(with: [0x93] + Array("NUMPY".utf8)),
            data[6] == 1
        else { throw refusal }
        let start = 10 + Int(data[8]) + Int(data[9]) << 8
        guard start <= data.count else { throw refusal }
        let header = String(decoding: data[10..<start], as: UTF8.self)
        guard header.contains("'<u2'"), header.contains("'fortran_order': False"),
            header.firstMatch(of: /'shape': \((\d+),\)/) != nil, (data.count - start) % 2 == 0
        else { throw refusal }
        return stride(from: start, to: data.count, by: 2).map { UInt16(data[$0]) | UInt16(data[$0 + 1]) << 8 }
    }
}
