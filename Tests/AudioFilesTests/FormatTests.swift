import AudioFiles
import Foundation
import TestSupport
import Testing

/// Every format, bit depth, channel count and rate comes back as it was written.
@Suite struct FormatTests {
    static let rates = [8000, 11025, 24000, 44100, 48000, 96000]
    static let depths: [(SampleFormat, Double)] = [
        (.pcm8, 28), (.pcm16, 75), (.pcm24, 120), (.pcm32, 130), (.float, 200), (.double, 200),
    ]

    @Test(arguments: ["wav", "aiff", "flac"], rates)
    func losslessContainers(extension name: String, rate: Int) throws {
        let folder = try TemporaryFolder()
        for (samples, decibels) in Self.depths {
            for channels in 1...2 {
                let sound = chord(seconds: 0.48, rate: rate, channels: channels)
                let url = folder.file("\(samples).\(channels).\(name)")
                try sound.write(to: url, samples: samples)
                let found = try AudioBuffer(contentsOf: url)
                #expect(found.sampleRate == rate)
                #expect(found.channelCount == channels)
                #expect(found.frameCount == sound.frameCount)
                #expect(fidelity(found, to: sound) > (name == "flac" ? min(decibels, 120) : decibels))
            }
        }
    }

    @Test(arguments: ["ogg", "opus", "mp3"], rates)
    func lossyContainers(extension name: String, rate: Int) throws {
        let folder = try TemporaryFolder()
        for channels in 1...2 {
            let sound = chord(seconds: 1.5, rate: rate, channels: channels)
            let url = folder.file("\(channels).\(name)")
            try sound.write(to: url)
            let found = try AudioBuffer(contentsOf: url)
            let kept = try AudioContainer(extensionOf: url).sampleRate(for: rate)
            #expect(found.sampleRate == kept)
            #expect(found.channelCount == channels)
            let expected = try sound.resampled(to: kept)
            #expect(found.frameCount == expected.frameCount, "\(name) \(rate) Hz")
            #expect(fidelity(found, to: expected) > 10, "\(name) \(rate) Hz \(channels)")
        }
    }

    @Test(arguments: ["wav", "aiff", "flac"], depths.map(\.0))
    func copiesAreSampleExact(extension name: String, samples: SampleFormat) throws {
        let folder = try TemporaryFolder()
        let original = folder.file("original.\(name)")
        let copy = folder.file("copy.\(name)")
        var sound = chord(seconds: 0.3, rate: 44100, channels: 2, level: 1).interleaved()
        sound += [1, -1, 0.999999, -0.999999]
        let format = AudioFormat(try AudioContainer(extensionOf: original), holding: samples)
        try write(sound, to: original, format: format)
        var reader = try AudioFileReader(contentsOf: original)
        #expect(reader.samples == format.samples)
        let samplesRead = try reader.read(frames: .max)
        try write(samplesRead, to: copy, format: AudioFormat(format.container, holding: reader.samples))
        #expect(try Data(contentsOf: copy).suffix(4000) == Data(contentsOf: original).suffix(4000))
        var again = try AudioFileReader(contentsOf: copy)
        #expect(try again.read(frames: .max) == samplesRead)
    }

    @Test func lossySoundIsKeptIn24Bits() throws {
        #expect(AudioFormat(.wav, holding: .lossy).samples == .pcm24)
        #expect(AudioFormat(.opus, holding: .pcm16).samples == .lossy)
    }

    /// MP3 whose frames vary in size and whose first one, which tells how many there are, is missing.
    @Test func anMP3FileOfUnknownLengthIsReadToItsEnd() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("a.mp3")
        var generator = SystemRandomNumberGenerator()
        let samples = (0..<144_000).map { $0 < 48000 ? 0 : Float.random(in: -0.5...0.5, using: &generator) }
        try AudioBuffer(mono: samples, sampleRate: 48000).write(to: url)
        let bytes = [UInt8](try Data(contentsOf: url))
        let kilobits = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
        #expect(bytes[0] == 0xFF && bytes[1] & 0xFE == 0xFA && bytes[2] >> 2 & 3 == 1)
        let first = 3 * kilobits[Int(bytes[2] >> 4)] + Int(bytes[2] >> 1 & 1)
        #expect(bytes[..<first].map { String(UnicodeScalar($0)) }.joined().contains("Xing"))
        try Data(bytes[first...]).write(to: url)
        let found = try AudioBuffer(contentsOf: url)
        #expect(abs(found.seconds - 3) < 0.1)
        let handle = try FileHandle(forReadingFrom: url)
        var reader = try AudioFileReader(descriptor: handle.fileDescriptor, name: "standard input")
        #expect(try reader.read(frames: .max).count == found.frameCount, "through a descriptor")
    }

    @Test func extensionsNameTheContainer() throws {
        for (name, container) in [("a.WAV", AudioContainer.wav), ("b.oga", .ogg), ("c.aif", .aiff)] {
            #expect(try AudioContainer(extensionOf: URL(fileURLWithPath: name)) == container)
        }
        #expect(throws: AudioFileError.unknownExtension(path: "snippet.txt")) {
            try AudioContainer(extensionOf: URL(fileURLWithPath: "snippet.txt"))
        }
    }

    private func write(_ samples: [Double], to url: URL, format: AudioFormat) throws {
        var writer = try AudioFileWriter(to: url, format: format, sampleRate: 44100, channelCount: 2)
        try writer.write(samples)
        try writer.finish()
    }
}
