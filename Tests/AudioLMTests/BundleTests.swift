import Foundation
import Tensors
import Testing

@testable import AudioLM

@Suite struct BundleTests {
    @Test func tellsItsParts() throws {
        let bundle = try TinyBundle.load()
        #expect(bundle.name == "tiny")
        #expect(bundle.sampleRate == 24000)
        let information = bundle.information
        #expect(
            information.parts.map(\.name) == [
                "semantic tokenizer", "semantic stage", "coarse stage", "fine stage", "detector",
                "token notes",
                "codec",
            ])
        #expect(information.parts.allSatisfy { $0.parameters > 400 && $0.bytes > 1000 })
        #expect(information.threads == 1)
    }

    @Test func whatIsAddedToARowOfLogitsIsNoDifferenceOfInputsOfSevenBits() {
        let expected = Tensor([2, 3], [1, 2, 3, -4, 0, 5])
        let shifted = Tensor([2, 3], [8, 9, 10, -4.5, -0.5, 4.5])
        #expect(Comparison.likeness("logits", shifted, expected).passed)
        #expect(!Comparison.nearness("logits", shifted, expected).passed)
        let other = Tensor([2, 3], [1, 2, 3, -4, 1, 5])
        #expect(!Comparison.likeness("logits", other, expected).passed)
        let broken = Tensor([2, 3], [1, 2, .infinity, -4, 0, 5])
        #expect(!Comparison.likeness("logits", broken, expected).passed)
        #expect(!Comparison.likeness("logits", Tensor([3, 2], expected.elements), expected).passed)
    }

    @Test func agreesWithItsGoldenFiles() throws {
        let results = try TinyBundle.load().verify()
        #expect(results.count == 6)
        for result in results { #expect(result.passed, "\(result.part): \(result.detail)") }
    }

    @Test func whatIsNoNumberAgreesWithNothing() {
        let (numbers, none) = (Tensor([2], [0, 1]), Tensor([2], [0, Float.nan]))
        for (found, expected) in [(none, numbers), (numbers, none)] {
            #expect(!Comparison.closeness("samples", found, expected).passed)
            #expect(!Comparison.likeness("logits", found, expected).passed)
        }
        #expect(Comparison.closeness("samples", numbers, numbers).passed)
    }

    @Test func tokenizesEveryBegunFrame() throws {
        let bundle = try TinyBundle.load()
        let tokens = try bundle.tokenize(Array(TinyBundle.prompt().prefix(24001)))
        #expect(tokens.semantic.count == 26)
        #expect(tokens.acoustic.count == 51 + 3)
        #expect(tokens.acoustic.allSatisfy { $0.count == 12 })
        #expect(try bundle.detokenize(tokens).count == 51 * 480)
        let two = AudioTokens(semantic: [], acoustic: tokens.acoustic.map { Array($0.prefix(2)) })
        #expect(try bundle.detokenize(two).count == 51 * 480)
    }

    @Test func refusesTokensThatItDoesNotHave() throws {
        let bundle = try TinyBundle.load()
        for acoustic in [
            [], [[]], [[1], [1, 2]], [[32]], [[-1]], [[Int](repeating: 0, count: 13)],
            [[Int]](repeating: [1, 2], count: 3),
        ] {
            #expect(throws: (any Error).self) {
                try bundle.detokenize(AudioTokens(semantic: [], acoustic: acoustic))
            }
        }
        #expect(throws: ContinuationError.self) { try bundle.tokenize([0, .nan]) }
    }

    @Test func namesAMissingFolderOrFile() throws {
        expectFailure(at: URL(filePath: "/nonexistent/piano"), naming: "config.json")
        for file in [
            "coarse_stage.safetensors", "token_notes.safetensors", "../tiny_codec/config.json",
            "../tiny_codec/codec.safetensors",
        ] {
            try TinyBundle.withCopy { folder in
                try FileManager.default.removeItem(at: folder.appending(path: file))
                expectFailure(at: folder, naming: String(file.split(separator: "/").last ?? ""))
            }
        }
    }

    @Test(arguments: [
        ("\"format\": 1", "\"format\": 2", "format 2"),
        ("\"audiolm\"", "\"bert\"", "model_type"),
        ("\"vocabulary\": 32", "\"vocabulary\": 31", "embedding.weight"),
        ("\"vocabulary\": 32", "\"vocabulary\": -1", "vocabulary"),
        ("\"window_frames\": 80", "\"window_frames\": 1", "window_frames"),
        ("\"look_ahead\": 3", "\"look_ahead\": \"x\"", "look_ahead"),
        ("\"look_ahead\": 3,", "", "look_ahead"),
        ("\"top_p\": 0.95", "\"top_p\": 2", "top_p"),
        ("\"taps\": 5", "\"taps\": 4", "detector.taps"),
        ("\"candidates\": 3", "\"candidates\": 0", "reranking.candidates"),
        ("\"tokens\": 10", "\"tokens\": 0", "reranking.tokens"),
        ("\"struck\": 0.5", "\"struck\": 2", "sustain.struck"),
        ("\"min_p\": 0.5", "\"min_p\": 0", "sustain.min_p"),
        ("\"slower_than\": 15", "\"slower_than\": 0", "sustain.slower_than"),
        ("\"crop\": 4800", "\"crop\": 4801", "detector.crop"),
        ("{", "", "JSON"),
    ])
    func refusesADamagedConfiguration(original: String, damaged: String, name: String) throws {
        try TinyBundle.withCopy { folder in
            let file = folder.appending(path: "config.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            guard let range = text.range(of: original) else {
                Issue.record("the fixture's configuration has no \(original)")
                return
            }
            try text.replacingCharacters(in: range, with: damaged).write(
                to: file, atomically: true, encoding: .utf8)
            expectFailure(at: folder, naming: name)
        }
    }

    @Test func refusesDamagedWeights() throws {
        try TinyBundle.withCopy { folder in
            let file = folder.appending(path: "fine_stage.safetensors")
            try Data(contentsOf: file).dropLast(5).write(to: file)
            expectFailure(at: folder, naming: "fine_stage.safetensors")
        }
        try TinyBundle.withCopy { folder in
            let file = folder.appending(path: "semantic_stage.safetensors")
            try FileManager.default.removeItem(at: file)
            try FileManager.default.copyItem(at: folder.appending(path: "coarse_stage.safetensors"), to: file)
            expectFailure(at: folder, naming: "semantic_stage.safetensors")
        }
    }

    private func expectFailure(
        at folder: URL, naming name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: BundleError.self, sourceLocation: sourceLocation) {
            try AudioLMBundle(contentsOf: folder, threads: 1)
        }
        let description = error?.description ?? ""
        #expect(description.contains(name), "\(description)", sourceLocation: sourceLocation)
        #expect(!description.contains("\n"), sourceLocation: sourceLocation)
    }
}
