import AudioFiles
import Foundation
import TestSupport
import Testing

/// Each kind of bad input throws its own error.
@Suite struct BadInputTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(_ url: URL) throws -> Snippet { try Snippet(contentsOf: url, tailSeconds: 10) }

    @Test func missingFile() {
        let url = folder.file("nothing.wav")
        #expect(throws: AudioFileError.missing(path: url.path)) { try read(url) }
    }

    @Test func aNameThatIsNotUTF8() {
        #expect("\(AudioFileError.missing(path: "a.wav"))".hasSuffix("check the name and the folder"))
        #expect("\(AudioFileError.missing(path: "Et\u{FFFD}de.wav"))".hasSuffix("rename it, in UTF-8"))
    }

    @Test func aPipe() throws {
        let url = folder.file("pipe.wav")
        #expect(mkfifo(url.path, 0o600) == 0)
        #expect(throws: AudioFileError.isStream(path: url.path)) { try read(url) }
    }

    @Test(arguments: [50, 2_000_000])
    func aRateOfNoSound(rate: Int) throws {
        let url = folder.file("sensor.wav")
        try AudioBuffer(mono: (0..<2 * rate).map { $0 % 2 == 0 ? 0.5 : -0.5 }, sampleRate: rate).write(
            to: url)
        #expect(throws: AudioFileError.rate(path: url.path, found: rate)) { try read(url) }
    }

    @Test func folderAsFile() {
        #expect(throws: AudioFileError.isFolder(path: folder.url.path)) { try read(folder.url) }
    }

    @Test(arguments: ["note.wav", "note.txt", "note.mp3"])
    func text(name: String) throws {
        let url = folder.file(name)
        try String(repeating: "This is no sound. ", count: 500).write(
            to: url, atomically: true, encoding: .utf8)
        #expect { try read(url) } throws: { error in
            guard case AudioFileError.notSound = error else { return false }
            return true
        }
    }

    @Test func zeroBytesAndZeroFrames() throws {
        let url = folder.file("empty.wav")
        try Data().write(to: url)
        #expect(throws: AudioFileError.empty(path: url.path)) { try read(url) }
        try AudioBuffer(mono: [], sampleRate: 8000).write(to: url)
        #expect(throws: AudioFileError.empty(path: url.path)) { try read(url) }
    }

    @Test(arguments: ["wav", "aiff", "flac", "ogg", "opus"])
    func truncated(extension name: String) throws {
        let url = folder.file("cut.\(name)")
        try chord(seconds: 4, rate: 48000, channels: 2).write(to: url)
        let whole = try Data(contentsOf: url)
        for share in [0.3, 0.6, 0.95] {
            try whole.prefix(Int(Double(whole.count) * share)).write(to: url)
            #expect { try read(url) } throws: { error in
                guard case AudioFileError.truncated = error else { return false }
                return true
            }
        }
    }

    /// 8 bits, one channel, an odd number of frames, and the size that counts the byte after them.
    @Test func aForgottenPadByteIsNoCut() throws {
        let url = folder.file("odd.wav")
        let sound = chord(seconds: 2, rate: 8000)
        try AudioBuffer(mono: Array(sound.channels[0].dropLast()), sampleRate: 8000).write(
            to: url, samples: .pcm8)
        var bytes = try Data(contentsOf: url)
        let padded = bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) } + 8
        #expect(padded == bytes.count && bytes.count == 44 + 16000)
        bytes.removeLast()
        try bytes.write(to: url)
        #expect(try read(url).frameCount == 15999)
        bytes.removeLast()
        try bytes.write(to: url)
        #expect(throws: AudioFileError.self) { try read(url) }
    }

    @Test func moreThanAFormatHoldsIsRefused() throws {
        for (container, hours) in [(AudioContainer.wav, 2.05), (.aiff, 2.05), (.flac, 20)] {
            let format = AudioFormat(container, holding: .pcm24)
            try format.check(
                sampleRate: 96_000, channelCount: 2, seconds: hours * 3600, for: folder.file("x"))
        }
        let url = folder.file("x.wav")
        #expect(throws: AudioFileError.tooLong(path: url.path)) {
            try AudioFormat(.wav, holding: .pcm24).check(
                sampleRate: 96_000, channelCount: 2, seconds: 2.08 * 3600, for: url)
        }
    }

    @Test func shortSilentAndNotFinite() throws {
        let url = folder.file("bad.wav")
        try chord(seconds: 0.5, rate: 8000).write(to: url)
        #expect(throws: AudioFileError.tooShort(path: url.path, seconds: 0.5, minimum: 1)) { try read(url) }
        try chord(seconds: 2, rate: 8000, level: 0.00005).write(to: url, samples: .float)
        #expect(throws: AudioFileError.silent(path: url.path)) { try read(url) }
        try AudioBuffer(mono: [Float](repeating: 0.3, count: 16000), sampleRate: 8000).write(
            to: url, samples: .float)
        #expect(throws: AudioFileError.silent(path: url.path)) { try read(url) }
        for bad in [Float.nan, .infinity] {
            var samples = chord(seconds: 2, rate: 8000).channels[0]
            samples[12000] = bad
            try AudioBuffer(mono: samples, sampleRate: 8000).write(to: url, samples: .float)
            #expect(throws: AudioFileError.notFinite(path: url.path, second: 1.5)) { try read(url) }
        }
        var samples = chord(seconds: 2, rate: 8000).channels[0]
        samples[12000] = -1e30
        try AudioBuffer(mono: samples, sampleRate: 8000).write(to: url, samples: .float)
        #expect(throws: AudioFileError.outOfScale(path: url.path, second: 1.5)) { try read(url) }
    }

    @Test(arguments: ["wav", "aiff", "flac", "ogg", "opus", "mp3"])
    func damagedFilesThrowOrRead(extension name: String) throws {
        let url = folder.file("damaged.\(name)")
        try chord(seconds: 1.2, rate: 24000).write(to: url)
        let whole = try Data(contentsOf: url)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<60 {
            var bytes = whole
            for _ in 0..<8 {
                let place = Int.random(in: 0..<min(bytes.count, 400), using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            try bytes.write(to: url)
            do { _ = try read(url) } catch is AudioFileError {}
        }
    }
}
