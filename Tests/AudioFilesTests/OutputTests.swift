import AudioFiles
import Foundation
import TestSupport
import Testing

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
        #expect(throws: AudioFileError.self) {
            try checkOutput(folder.file("none/out.wav"), inputs: [input], overwrite: true)
        }
        try checkOutput(other, inputs: [input], overwrite: true)
        try checkOutput(folder.file("new.wav"), inputs: [input], overwrite: false)
    }
}
