import CSndFile
import Foundation
import TestSupport
import Testing

@testable import AudioFiles

/// Outputs appear whole or not at all, and never over what they must not touch.
@Suite struct OutputTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func unfinishedFilesVanish() throws {
        let url = folder.file("out.wav")
        try "before".write(to: url, atomically: true, encoding: .utf8)
        do {
            var writer = try AudioFileWriter(
                to: url, format: AudioFormat(.wav, holding: .pcm16), sampleRate: 8000, channelCount: 1)
            try writer.write(chord(seconds: 1, rate: 8000))
            #expect(try folder.contents.count == 2)
        }
        #expect(try folder.contents == ["out.wav"])
        #expect(try String(contentsOf: url, encoding: .utf8) == "before")
    }

    @Test func aNameTooLongForTheFolderIsRefusedAtOnce() throws {
        func named(_ count: Int) -> URL { folder.file(String(repeating: "a", count: count) + ".wav") }
        let (fits, long) = (named(251), named(252))
        try checkOutput(fits, inputs: [], overwrite: false)
        let reason = String(cString: strerror(ENAMETOOLONG))
        #expect(throws: AudioFileError.unwritable(path: long.path, reason: reason)) {
            try checkOutput(long, inputs: [], overwrite: false)
        }
    }

    @Test func linksAndPermissionsStay() throws {
        let (url, link) = (folder.file("out.wav"), folder.file("link.wav"))
        try "before".write(to: url, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: url)
        try chord(seconds: 1, rate: 8000).write(to: link)
        #expect(try AudioBuffer(contentsOf: url).frameCount == 8000)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == url.path)
        let permissions = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions]
        #expect(permissions as? Int == 0o600)
        #expect(try folder.contents.count == 2)
    }

    /// libsndfile itself reports none of the lossy ones.
    @Test(arguments: [AudioContainer.wav, .aiff, .flac, .ogg, .opus, .mp3])
    func aFullDiskIsTold(container: AudioContainer) throws {
        let bytes = VirtualFile(open("/dev/full", O_RDWR))
        var info = SF_INFO()
        info.format = Int32(AudioFormat(container, holding: .pcm16).code)
        info.samplerate = 48000
        info.channels = 1
        if let handle = bytes.open(SFM_WRITE, &info) {
            let samples = chord(seconds: 2, rate: 48000).interleaved()
            for start in stride(from: 0, to: samples.count, by: 4096) {
                samples.withUnsafeBufferPointer {
                    _ = sf_writef_double(
                        handle, $0.baseAddress! + start, sf_count_t(min(4096, samples.count - start)))
                }
            }
            sf_close(handle)
        }
        #expect(!bytes.close())
        #expect(bytes.fault == String(cString: strerror(ENOSPC)))
    }

    @Test func unwritablePlacesThrow() {
        #expect(throws: AudioFileError.self) {
            try chord(seconds: 1, rate: 8000).write(to: folder.file("no/such/folder/out.wav"))
        }
        #expect(throws: AudioFileError.self) {
            _ = try AudioFileWriter(
                to: folder.file("out.mp3"), format: AudioFormat(.mp3, holding: .pcm16), sampleRate: 8000,
                channelCount: 7)
        }
        #expect((try? folder.contents) == [])
    }

    @Test func outputsAreChecked() throws {
        let input = folder.file("in.wav")
        let link = folder.file("link.wav")
        let other = folder.file("other.wav")
        try chord(seconds: 1, rate: 8000).write(to: input)
        try chord(seconds: 1, rate: 8000).write(to: other)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: input)
        #expect(throws: AudioFileError.outputIsInput(path: input.path)) {
            try checkOutput(input, inputs: [input], overwrite: true)
        }
        #expect(throws: AudioFileError.outputIsInput(path: link.path)) {
            try checkOutput(link, inputs: [input], overwrite: true)
        }
        #expect(throws: AudioFileError.outputExists(path: other.path)) {
            try checkOutput(other, inputs: [input], overwrite: false)
        }
        #expect(throws: AudioFileError.self) {
            try checkOutput(folder.url, inputs: [input], overwrite: true)
        }
        #expect(mkfifo(folder.file("pipe").path, 0o600) == 0)
        for device in [folder.file("pipe"), URL(filePath: "/dev/null")] {
            #expect(throws: AudioFileError.unwritable(path: device.path, reason: "it is no regular file")) {
                try checkOutput(device, inputs: [input], overwrite: true)
            }
        }
        #expect(throws: AudioFileError.self) {
            try checkOutput(folder.file("none/out.wav"), inputs: [input], overwrite: true)
        }
        try checkOutput(other, inputs: [input], overwrite: true)
        try checkOutput(folder.file("new.wav"), inputs: [input], overwrite: false)
    }
}
