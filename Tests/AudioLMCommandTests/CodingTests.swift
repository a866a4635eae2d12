import AudioFiles
import Foundation
import TestSupport
import Testing

/// `audiolm encode` and `decode` as a person meets them, on the tiny codec.
@Suite struct CodingTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try chord(seconds: 2.5, rate: 44100, channels: 2).write(to: folder.file("s.wav"))
    }

    private func run(_ arguments: [String], input: Data? = nil) throws -> ToolProcess.Outcome {
        try ToolProcess(
            "audiolm", arguments + ["--model", Fixtures.path("tiny_codec"), "--threads", "1"], in: folder.url,
            input: input
        ).outcome()
    }

    /// Expects a refusal that mentions `words` and leaves the folder as it was.
    private func expectRefusal(_ arguments: [String], mentions words: String, code: Int32 = 1) throws {
        let before = try folder.contents
        let outcome = try run(arguments)
        #expect(outcome.code == code, "\(arguments)")
        #expect(outcome.errors.count == 1 && outcome.errors[0].hasPrefix("Error: "))
        #expect(outcome.errors.first?.contains(words) == true, "\(outcome.errors)")
        #expect(try folder.contents == before)
    }

    @Test func thereAndBack() throws {
        let encoded = try run(["encode", "s.wav"])
        #expect(encoded.code == 0 && encoded.errors.isEmpty)
        #expect(encoded.output.hasPrefix("s.alm: 2.5 s at "))
        let decoded = try run(["decode", "s.alm"])
        #expect(decoded.code == 0 && decoded.output.hasPrefix("s.decoded.wav: 2.5 s at "))
        let sound = try AudioBuffer(contentsOf: folder.file("s.decoded.wav"))
        #expect(sound.channelCount == 1 && sound.sampleRate == 44100 && sound.frameCount == 110_250)
        #expect(try run(["decode", "s.alm", "-o", "s.opus", "--quiet"]).output.isEmpty)
        #expect(try AudioBuffer(contentsOf: folder.file("s.opus")).sampleRate == 48000)
    }

    @Test func fewerBitsMakeSmallerFiles() throws {
        var sizes: [Int] = []
        for bitrate in ["1.5", "3", "6"] {
            let outcome = try run(["encode", "s.wav", "--bitrate", bitrate, "-o", "\(bitrate).alm", "--json"])
            let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            let report = try #require(object)
            #expect(report["output"] as? String == "\(bitrate).alm" && report["seconds"] as? Double == 2.5)
            sizes.append(try Data(contentsOf: folder.file("\(bitrate).alm")).count)
            #expect(report["bytes"] as? Int == sizes.last)
        }
        #expect(sizes == sizes.sorted() && Set(sizes).count == 3)
    }

    @Test func channelsThatCancelEachOtherOutAreHeard() throws {
        let sound = chord(seconds: 1, rate: 24000).channels[0]
        let pause = [Float](repeating: 0, count: 24000)
        try AudioBuffer(channels: [pause + sound, pause + sound.map { -$0 }], sampleRate: 24000)
            .write(to: folder.file("anti.wav"))
        try AudioBuffer(mono: pause + sound, sampleRate: 24000).write(to: folder.file("mono.wav"))
        #expect(try run(["encode", "anti.wav"]).code == 0)
        #expect(try run(["encode", "mono.wav"]).code == 0)
        #expect(try Data(contentsOf: folder.file("anti.alm")) == Data(contentsOf: folder.file("mono.alm")))
    }

    @Test func throughPipes() throws {
        #expect(try run(["encode", "s.wav"]).code == 0)
        let coded = try Data(contentsOf: folder.file("s.alm"))
        let piped = try run(["encode", "-"], input: Data(contentsOf: folder.file("s.wav")))
        #expect(piped.code == 0 && piped.data == coded)
        #expect(try run(["decode", "s.alm"]).code == 0)
        let sound = try run(["decode", "-"], input: coded)
        #expect(sound.code == 0 && sound.data.prefix(4) == Data("RIFF".utf8))
        let file = try AudioBuffer(contentsOf: folder.file("s.decoded.wav"))
        let samples = file.channels[0].map { Int16($0 * 32768) }
        // Told apart outside of the macro, which would look for the difference for minutes.
        let isSame = sound.data.dropFirst(44) == samples.withUnsafeBytes { Data($0) }
        #expect(isSame)
        // What decode writes into a pipe, encode reads from one, though its header tells no length.
        let again = try run(["encode", "-", "-o", "again.alm"], input: sound.data)
        #expect(again.code == 0 && again.output.contains("again.alm: 2.5 s"))
    }

    @Test func badSoundThroughAPipe() throws {
        try chord(seconds: 1, rate: 24000).write(to: folder.file("s.flac"))
        for (name, words) in [("s.flac", "send WAV, AIFF, AU, Ogg or MP3"), ("s.wav", "truncated")] {
            let whole = try Data(contentsOf: folder.file(name))
            let outcome = try run(["encode", "-", "-o", "x.alm"], input: whole.dropLast(1000))
            #expect(outcome.code == 1 && outcome.errors.count == 1)
            #expect(outcome.errors.first?.contains("standard input") == true)
            #expect(outcome.errors.first?.contains(words) == true, "\(outcome.errors)")
            #expect(try !folder.contents.contains { $0.hasSuffix("alm") || $0.hasSuffix("part") })
        }
    }

    @Test func badOptions() throws {
        try expectRefusal(["encode", "s.wav", "--bitrate", "5"], mentions: "'1.5', '3' or '6'", code: 64)
        try expectRefusal(["encode"], mentions: "sound", code: 64)
        try expectRefusal(["encode", "none.wav"], mentions: "no such file: none.wav")
        try expectRefusal(["encode", "s.wav", "-o", "-", "--json"], mentions: "--json")
        try expectRefusal(["encode", "s.wav", "-o", "s.wav", "--force"], mentions: "is the input itself")
        try expectRefusal(["decode", "none.alm"], mentions: "no such file: none.alm")
        try expectRefusal(["decode", "."], mentions: "is a folder")
        try expectRefusal(["decode", "s.wav"], mentions: "s.wav is no coded sound")
        #expect(try run(["encode", "s.wav"]).code == 0)
        try expectRefusal(["encode", "s.wav"], mentions: "--force")
        #expect(try run(["encode", "s.wav", "--force"]).code == 0)
        try expectRefusal(["decode", "s.alm", "-o", "x.xyz"], mentions: "extension")
    }

    @Test func damageLeavesNoFile() throws {
        #expect(try run(["encode", "s.wav"]).code == 0)
        let whole = try Data(contentsOf: folder.file("s.alm"))
        try whole.dropLast(9).write(to: folder.file("s.alm"))
        try expectRefusal(["decode", "s.alm"], mentions: "truncated")
        var changed = whole
        changed[changed.count - 100] ^= 4
        try changed.write(to: folder.file("s.alm"))
        try expectRefusal(["decode", "s.alm"], mentions: "s.alm is damaged at 2.0 s")
        try Data().write(to: folder.file("s.alm"))
        try expectRefusal(["decode", "s.alm"], mentions: "zero length")
    }

    @Test func anotherCodecsCodesAreRefused() throws {
        #expect(try run(["encode", "s.wav"]).code == 0)
        let copy = folder.file("codec")
        try FileManager.default.copyItem(at: URL(filePath: Fixtures.path("tiny_codec")), to: copy)
        let weights = copy.appending(path: "codec.safetensors")
        var bytes = try Data(contentsOf: weights)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: weights)
        let outcome = try ToolProcess(
            "audiolm", ["decode", "s.alm", "--model", "./codec"], in: folder.url
        ).outcome()
        #expect(outcome.code == 1 && outcome.errors.first?.contains("was made with codec") == true)
        #expect(try folder.contents == ["codec", "s.alm", "s.wav"])
    }

    /// A weight that lost a bit may still be a number, and what it makes be none.
    @Test(arguments: [["-o", "x.wav"], ["-o", "-"]])
    func soundThatIsNoNumberIsAnError(output: [String]) throws {
        let copy = folder.file("codec")
        try FileManager.default.copyItem(at: URL(filePath: Fixtures.path("tiny_codec")), to: copy)
        let weights = copy.appending(path: "codec.safetensors")
        var bytes = try Data(contentsOf: weights)
        let length = Int(bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        let header = try JSONSerialization.jsonObject(with: bytes[8..<8 + length]) as? [String: [String: Any]]
        let entry = try #require(header?["decoder.norm.bias"]?["data_offsets"] as? [Int])
        for offset in stride(from: entry[0], to: entry[1], by: 4) {
            bytes.replaceSubrange(8 + length + offset..<12 + length + offset, with: [0xff, 0xff, 0x7f, 0x7f])
        }
        try bytes.write(to: weights)
        let encoded = try ToolProcess("audiolm", ["encode", "s.wav", "--model", "./codec"], in: folder.url)
            .outcome()
        #expect(encoded.code == 0)
        let outcome = try ToolProcess(
            "audiolm", ["decode", "s.alm", "--model", "./codec"] + output, in: folder.url
        ).outcome()
        #expect(outcome.code == 1 && outcome.errors.first?.contains("no number") == true)
        #expect(try folder.contents == ["codec", "s.alm", "s.wav"])
    }

    /// An interrupted run that waits for its input leaves nothing behind.
    @Test func interruptedWaitingLeavesNoFile() throws {
        let tool = try ToolProcess(
            "audiolm", ["encode", "-", "-o", "x.alm", "--model", Fixtures.path("tiny_codec")],
            in: folder.url, input: Data(contentsOf: folder.file("s.wav")).prefix(200_000),
            keepsInputOpen: true)
        try tool.awaitPart(in: folder)
        tool.process.interrupt()
        #expect(tool.outcome().code == 130)
        #expect(try folder.contents == ["s.wav"])
    }
}
