import Foundation
import TestSupport
import Testing

@testable import Comparison

@Suite struct MemorisationTests {
    /// 400 tokens without pattern.
    private let training: [UInt16] = {
        var state: UInt32 = 1
        return (0..<400).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt16(state >> 22)
        }
    }()

    @Test func runsAreFoundExactlyAndNearly() {
        let index = TokenIndex([Array(training[..<200]), Array(training[200...])])
        #expect(index.count == 400)
        let copied = Memorisation(training[10..<110].map(Int.init), in: index)
        #expect(copied.values == ["exact_matches": 1, "near_matches": 1, "plain_runs": 0])
        let across = Memorisation(training[175..<225].map(Int.init), in: index)
        #expect(across.exact == 0, "no run goes over the end of a piece")
        let changed = training[10..<60].enumerated().map { $0 % 6 == 5 ? 1023 - Int($1) : Int($1) }
        let near = Memorisation(changed, in: index)
        #expect(near.exact == 0 && near.near == 1)
        let other = Memorisation(training[10..<60].map { Int($0 ^ 512) }, in: index)
        #expect(other.near == 0 && other.runs == 1)
    }

    /// Of a seed that stands in too many places none is tried.
    @Test func whatStandsEverywhereTellsNothing() {
        let index = { TokenIndex([[UInt16](repeating: 7, count: $0)]) }
        #expect(index(4000).mostEqual([7, 7, 7, 7, 1]) == 4)
        #expect(index(6000).mostEqual([7, 7, 7, 7, 1]) == 0)
    }

    @Test func plainRunsStandApart() {
        let held = Memorisation(
            [Int](repeating: 7, count: 100), in: TokenIndex([[UInt16](repeating: 7, count: 300)]))
        #expect(held.values == ["plain_runs": 1])
        #expect(Memorisation([1, 2, 3], in: TokenIndex([])).values.isEmpty)
    }

    @Test func indexFilesAreNumPys() throws {
        let folder = try TemporaryFolder()
        let header = "{'descr': '<u2', 'fortran_order': False, 'shape': (5,), }"
        let padded = header + String(repeating: " ", count: 117 - header.count) + "\n"
        var file = Data([0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]) + Data(padded.utf8)
        for token in [1, 2, 3, 4, 1023] as [UInt16] { file += [UInt8(token & 255), UInt8(token >> 8)] }
        try file.write(to: folder.file("a.npy"))
        #expect(try TokenIndex(contentsOf: folder.url).count == 5)
        try file.dropLast().write(to: folder.file("b.npy"))
        #expect(throws: ComparisonError.self) { try TokenIndex(contentsOf: folder.url) }
        #expect(throws: ComparisonError.self) { try TokenIndex(contentsOf: folder.file("none")) }
    }
}
