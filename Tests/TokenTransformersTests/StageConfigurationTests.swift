import Foundation
import Testing
import TokenTransformers

@Suite struct StageConfigurationTests {
    @Test(arguments: [
        (
            #"{"layers":0,"width":24,"heads":3,"feed_forward":40,"attention_window":9,"vocabulary":32}"#,
            "layers"
        ),
        (
            #"{"layers":2,"width":24,"heads":5,"feed_forward":40,"attention_window":9,"vocabulary":32}"#,
            "heads"
        ),
        (
            #"{"layers":2,"width":-4,"heads":1,"feed_forward":40,"attention_window":9,"vocabulary":32}"#,
            "width"
        ),
        (
            #"{"layers":2,"width":24,"heads":3,"feed_forward":40,"attention_window":0,"vocabulary":32}"#,
            "window"
        ),
    ])
    func numbersOutOfRangeAreRefused(json: String, key: String) throws {
        let configuration = try JSONDecoder().decode(SemanticStageConfiguration.self, from: Data(json.utf8))
        let error = #expect(throws: StageConfigurationError.self) { try configuration.validate() }
        #expect(error?.description.contains(key) == true)
    }

    /// At least one frame, and never so many that nobody hears anything for long.
    @Test(arguments: [(2, 1), (75, 60), (80, 60), (60, 48), (65536, 60)])
    func aChunkIsMostOfAWindow(frames: Int, chunk: Int) throws {
        let json =
            #"{"layers":1,"width":24,"heads":3,"feed_forward":40,"levels":6,"coarse_levels":3,"codes":32,"window_frames":\#(frames)}"#
        let configuration = try JSONDecoder().decode(FineStageConfiguration.self, from: Data(json.utf8))
        try configuration.validate()
        #expect(configuration.framesPerChunk == chunk)
    }
}
