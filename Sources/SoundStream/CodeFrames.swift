/// Acoustic tokens: for each frame one code per level, coarse to fine.
package struct CodeFrames: Equatable, Sendable {
    package let levels: Int
    /// `[frames, levels]` row-major.
    package private(set) var codes: [Int]

    /// - Parameter codes: `[frames, levels]` row-major.
    package init(levels: Int, codes: [Int] = []) {
        precondition(levels > 0 && codes.count % levels == 0, "\(codes.count) codes in \(levels) levels")
        self.levels = levels
        self.codes = codes
    }

    /// From one array for each frame, all of one length; `nil` if they differ, or there are none.
    package init?(rows: [[Int]]) {
        guard let levels = rows.first?.count, levels > 0, rows.allSatisfy({ $0.count == levels }) else {
            return nil
        }
        self.init(levels: levels, codes: rows.flatMap { $0 })
    }

    /// The number of frames.
    package var count: Int { codes.count / levels }

    /// The codes of one frame.
    package subscript(frame: Int) -> ArraySlice<Int> { codes[frame * levels..<(frame + 1) * levels] }

    /// One array for each frame.
    package var rows: [[Int]] { (0..<count).map { Array(self[$0]) } }

    /// Some of the frames.
    package subscript(frames: Range<Int>) -> CodeFrames {
        CodeFrames(
            levels: levels, codes: Array(codes[frames.lowerBound * levels..<frames.upperBound * levels]))
    }

    /// Adds the frames of `other`, which has as many levels.
    package mutating func append(_ other: CodeFrames) {
        precondition(other.levels == levels)
        codes += other.codes
    }
}
