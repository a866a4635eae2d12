import NeuralLayers
import Tensors
import TestSupport
import Testing

@testable import SemanticTokenizer

struct TokenizerTests {
    let pool = WorkerPool(threads: 1)

    @Test(arguments: [0, 1, 79, 80, 81, 1600, 1601])
    func everyBegunFrameHasAToken(samples: Int) throws {
        let tokenizer = try TinyTokenizer.load()
        let tokens = tokenizer.tokenize([Float](repeating: 0.1, count: samples), on: pool)
        #expect(tokens.count == (samples + 79) / 80)
        #expect(tokens.allSatisfy { (0..<tokenizer.configuration.clusters).contains($0) })
    }

    @Test func windowsKeepEveryFrameOnce() throws {
        let tokenizer = try TinyTokenizer.load()
        for frames in 0..<120 {
            let windows = tokenizer.windows(over: frames)
            #expect(windows.flatMap { Array($0.kept) } == Array(0..<frames))
            for window in windows {
                #expect(window.seen.lowerBound <= window.kept.lowerBound)
                #expect(window.seen.upperBound >= window.kept.upperBound)
            }
        }
    }

    @Test func configurationsOutOfRangeAreRefused() throws {
        let good = try TinyTokenizer.configuration()
        let changes: [(inout TokenizerConfiguration) -> Void] = [
            { $0.width = 0 }, { $0.heads = 5 }, { $0.kernel = 4 }, { $0.blocks = 1000 }, { $0.clusters = 1 },
            { $0.window = 100 }, { $0.hop = 0 }, { $0.hop = 21 }, { $0.stack = -1 }, { $0.floor = .nan },
            { $0.hopFrames = 21 }, { $0.droppedFrames = 6 }, { $0.summaryWidth = -1 },
        ]
        for change in changes {
            var bad = good
            change(&bad)
            #expect(throws: TokenizerError.self) { try bad.validate() }
        }
    }

    @Test func weightsThatDoNotFitAreRefused() throws {
        var other = try TinyTokenizer.configuration()
        other.blocks = 3
        #expect(throws: ModelError.missing(path: "blocks.2.feed_forward_in.norm.weight")) {
            try TinyTokenizer.load(other)
        }
        other.blocks = 1
        #expect(throws: ModelError.self) { try TinyTokenizer.load(other) }
    }
}
