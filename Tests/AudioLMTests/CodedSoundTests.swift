import AudioFiles
import Foundation
import SoundStream
import TestSupport
import Testing

@testable import AudioLM

/// The bytes of coded sound: what goes in comes out, and nothing wrong comes out.
@Suite struct CodedSoundTests {
    static let folder = URL(filePath: Fixtures.path("tiny_codec"))
    let codec: AudioCodec

    init() throws { codec = try AudioCodec(contentsOf: Self.folder, threads: 1) }

    /// Seconds of two decaying tones at any rate.
    private func tones(_ count: Int, rate: Int) -> [Float] {
        (0..<count).map { i in
            let time = Float(i) / Float(rate)
            return 0.2 * exp(-time) * (sin(2 * .pi * 220 * time) + sin(2 * .pi * 330 * time))
        }
    }

    private func encode(_ samples: [Float], rate: Int = 24000, levels: Int = 12, by piece: Int = 48000) throws
        -> [UInt8]
    {
        var encoder = try SoundEncoder(codec, levels: levels, sampleRate: rate)
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: samples.count, by: piece) {
            bytes += try encoder.encode(Array(samples[start..<min(start + piece, samples.count)]))
        }
        return bytes + (try encoder.finish())
    }

    private func decode(_ bytes: [UInt8], with codec: AudioCodec? = nil, rate: Int? = nil) throws -> [Float] {
        var decoder = try SoundDecoder(
            codec ?? self.codec, name: "coded.alm", sampleRate: { rate ?? $0 }, read: source(bytes))
        var samples: [Float] = []
        while let piece = try decoder.next() { samples += piece }
        return samples
    }

    /// Everything in the bytes, no sound made of it.
    private func read(_ bytes: [UInt8]) throws -> (codes: [Int], sourceSamples: Int?) {
        var reader = try CodedSoundReader(name: "coded.alm", read: source(bytes))
        var codes: [Int] = []
        while let block = try reader.next() { codes += block.codes }
        return (codes, reader.sourceSamples)
    }

    private func source(_ bytes: [UInt8]) -> (Int) -> [UInt8] {
        var place = 0
        return { count in
            let end = min(place + count, bytes.count)
            defer { place = end }
            return Array(bytes[place..<end])
        }
    }

    @Test func checksumIsThatOfZip() {
        #expect(CRC32.of("123456789".utf8) == 0xCBF4_3926)
    }

    @Test(arguments: [1, 5, 8, 10, 16])
    func packedNumbersComeBack(width: Int) {
        let numbers = (0..<37).map { ($0 * 40503) & (1 << width - 1) }
        let bytes = BitPacking.pack(numbers, width: width)
        #expect(bytes.count == BitPacking.byteCount(37, width: width))
        #expect(BitPacking.unpack(bytes, count: 37, width: width) == numbers)
    }

    @Test(arguments: [1, 3, 12])
    func codesComeBackExactly(levels: Int) throws {
        let samples = tones(24000 * 5 + 17, rate: 24000)
        let (codes, length) = try read(encode(samples, levels: levels))
        let silence = [Float](repeating: 0, count: 480 - 17 + codec.delay * 480)
        var state = codec.network.makeEncoderState()
        let expected = codec.network.encode(
            samples: samples + silence, levels: levels, &state, on: codec.pool)
        #expect(codes == expected.codes)
        #expect(length == samples.count)
    }

    /// Exact lengths at every rate, and the sound that decoding the codes at once gives.
    @Test(arguments: [1, 2, 479, 480, 481, 960, 24001, 96000])
    func lengthsAreExact(count: Int) throws {
        for rate in [24000, 8000, 44100, 48000] {
            let bytes = try encode(tones(count, rate: rate), rate: rate)
            #expect(try decode(bytes).count == count, "\(rate) Hz")
        }
        let other = try decode(encode(tones(count, rate: 44100), rate: 44100), rate: 48000)
        #expect(other.count == Int((Double(count) * 48000 / 44100).rounded()))
    }

    /// Where windows are no whole number of hops, more of the last frames waits for the end.
    @Test func windowsOfAnyLengthGiveAllSamplesBack() throws {
        let folder = try TemporaryFolder()
        for name in ["codec.safetensors", "config.json"] {
            try FileManager.default.copyItem(at: Self.folder.appending(path: name), to: folder.file(name))
        }
        let text = try String(contentsOf: folder.file("config.json"), encoding: .utf8)
        let changed = text.replacing("\"window\": 1440", with: "\"window\": 1680")
        try changed.write(to: folder.file("config.json"), atomically: true, encoding: .utf8)
        let codec = try AudioCodec(contentsOf: folder.url, threads: 1)
        for count in 959...963 {
            var encoder = try SoundEncoder(codec, levels: 3, sampleRate: 24000)
            let bytes = try encoder.encode(tones(count, rate: 24000)) + encoder.finish()
            #expect(try decode(bytes, with: codec).count == count)
        }
    }

    @Test func impossibleLevelsThrow() {
        for levels in [0, 13] {
            #expect(throws: CodedSoundError.levels(found: levels, most: 12)) {
                _ = try SoundEncoder(codec, levels: levels, sampleRate: 24000)
            }
        }
    }

    @Test func decodedSoundIsThatOfTheCodes() throws {
        let samples = tones(24000 * 5 + 100, rate: 24000)
        let silence = [Float](repeating: 0, count: 380 + codec.delay * 480)
        var encoding = codec.network.makeEncoderState()
        let codes = codec.network.encode(samples: samples + silence, &encoding, on: codec.pool)
        var state = codec.network.makeDecoderState()
        let whole = try codec.network.decode(codes: codes, &state, on: codec.pool)
        #expect(try decode(encode(samples)) == Array(whole[..<samples.count]))
    }

    @Test func longBlocksAreDecodedInPieces() throws {
        let samples = tones(24000 * 5 + 100, rate: 24000)
        let bytes = try encode(samples)
        var reader = try CodedSoundReader(name: "coded.alm", read: source(bytes))
        var writer = CodedSoundWriter(reader.header, blockFrames: 10_000)
        var long: [UInt8] = []
        while let codes = try reader.next() { long += writer.append(codes) }
        long += writer.finish(sourceSamples: samples.count)
        #expect(long.count < bytes.count)
        #expect(try decode(long) == decode(bytes))
        var decoder = try SoundDecoder(codec, name: "coded.alm", read: source(long))
        while let piece = try decoder.next() { #expect(piece.count <= 2 * 100 * 480) }
    }

    @Test(arguments: [(24000, 1), (24000, 479), (24000, 5001), (44100, 997), (16000, 160)])
    func piecesOfAnySizeGiveTheSameBytes(rate: Int, piece: Int) throws {
        let samples = tones(rate * 2 / 3 + 1, rate: rate)
        #expect(try encode(samples, rate: rate, by: piece) == encode(samples, rate: rate, by: samples.count))
    }

    @Test func everyChangedByteIsFound() throws {
        let bytes = try encode(tones(24000 * 5, rate: 24000), levels: 3)
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1 << UInt8(place % 8)
            #expect(throws: CodedSoundError.self, "byte \(place)") { try read(changed) }
        }
        #expect(throws: CodedSoundError.trailing(name: "coded.alm")) { try read(bytes + [0]) }
    }

    @Test func everyCutIsFound() throws {
        let bytes = try encode(tones(24000 * 3, rate: 24000), levels: 3)
        for count in bytes.indices {
            #expect(throws: CodedSoundError.self, "\(count) bytes") { try read(Array(bytes[..<count])) }
        }
        #expect(throws: CodedSoundError.truncated(name: "coded.alm", second: 0)) {
            try decode(Array(bytes[..<5]))
        }
    }

    @Test func blocksMayNotGoMissingOrChangePlaces() throws {
        let bytes = try encode(tones(24000 * 5, rate: 24000), levels: 3)
        let size = 2 + BitPacking.byteCount(300, width: codec.bits) + 4
        let (head, first) = (bytes[..<32], bytes[32..<32 + size])
        let second = bytes[(32 + size)..<(32 + 2 * size)]
        let rest = bytes[(32 + 2 * size)...]
        let damage = CodedSoundError.damaged(name: "coded.alm", second: 0)
        #expect(throws: damage) { try decode(Array(head + second + rest)) }
        #expect(throws: damage) { try decode(Array(head + second + first + rest)) }
        #expect(throws: CodedSoundError.damaged(name: "coded.alm", second: 2)) {
            try decode(Array(head + first + rest))
        }
    }

    /// Bytes whose checksums fit, made by no encoder.
    @Test func contradictionsAreFound() throws {
        func header(levels: Int = 12, hop: Int = 480, rate: Int = 24000, identity: UInt32? = nil)
            -> CodedSoundHeader
        {
            CodedSoundHeader(
                levels: levels, bits: codec.bits, codecRate: 24000, hop: hop, sourceRate: rate,
                codec: identity.map(CodecIdentity.init(value:)) ?? codec.identity)
        }
        func bytes(_ made: CodedSoundHeader, samples: Int) -> [UInt8] {
            var writer = CodedSoundWriter(header())
            return made.bytes + writer.finish(sourceSamples: samples)[CodedSoundHeader.byteCount...]
        }
        for wrong in [header(levels: 0), header(levels: 13), header(hop: 481), header(rate: 0)] {
            #expect {
                try decode(bytes(wrong, samples: 0))
            } throws: {
                "\($0)".contains("coded.alm contradicts itself: its header")
            }
        }
        for samples in [1, 480, 1 << 40, 1 << 60] {
            #expect {
                try decode(bytes(header(), samples: samples))
            } throws: {
                "\($0)".contains("coded.alm contradicts itself")
            }
        }
        let other = CodedSoundError.otherCodec(
            name: "coded.alm", made: CodecIdentity(value: 0x12), loaded: codec.identity)
        #expect(throws: other) { try decode(bytes(header(identity: 0x12), samples: 0)) }
        #expect("\(other)".contains("codec 00000012, this is codec \(codec.identity)"))
    }

    @Test func otherFilesAreRefused() {
        for (bytes, words) in [
            ([], "begins with nothing"), (Array("RIFF....WAVE".utf8), "begins with bytes 52 49 46 46"),
            (CodedSoundHeader.magic + [7], "format version 7, expected 1"),
        ] {
            #expect {
                try decode(bytes)
            } throws: {
                "\($0)".hasPrefix("coded.alm ") && "\($0)".contains(words)
            }
        }
    }

    @Test func aBundleLendsItsCodec() throws {
        let lent = try AudioCodec(contentsOf: TinyBundle.folder, threads: 1)
        #expect(lent.identity == codec.identity)
        #expect(lent.levels == 12 && lent.sampleRate == 24000)
        #expect(throws: BundleError.self) {
            try AudioCodec(contentsOf: URL(filePath: Fixtures.path("none")), threads: 1)
        }
    }
}
