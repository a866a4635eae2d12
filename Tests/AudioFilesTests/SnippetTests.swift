import AudioFiles
import Foundation
import TestSupport
import Testing

@Suite struct SnippetTests {
    @Test func onlyTheTailStaysInMemory() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("long.wav")
        let sound = chord(seconds: 30, rate: 44100, channels: 2)
        try sound.write(to: url, samples: .float)
        let snippet = try Snippet(contentsOf: url, tailSeconds: 2)
        #expect(snippet.frameCount == sound.frameCount)
        #expect(snippet.tail == sound.frames(sound.frameCount - 2 * 44100..<sound.frameCount))
        #expect(try Snippet(contentsOf: url, tailSeconds: 60).tail == sound)
    }
}
