import SemanticTokenizer
import SoundStream

extension AudioLMBundle {
    /// A snippet made anew from its semantic tokens alone: what is said or played stays, who and where is drawn
    /// (AudioLM, section IV-C: acoustic generation). With `voice`, it is as that recording sounds.
    ///
    /// Checks for cancellation of the task between the steps; throws `ContinuationError` where the sound cannot be used.
    /// - Parameters:
    ///   - snippet: mono at `sampleRate`; as many samples come out.
    ///   - voice: mono at `sampleRate`, at least a second; its end is the acoustic prompt.
    public func resynthesize(
        _ snippet: [Float], as voice: [Float]? = nil, options: ResynthesisOptions
    ) throws -> [Float] {
        try requireFinite(snippet)
        try requireFinite(voice ?? [])
        let hop = networks.codec.configuration.hop
        let content = networks.semanticTokenizer.tokenize(snippet, on: pool)
        let prompt = try voice.map { try VoicePrompt($0, networks: networks, pool: pool) } ?? VoicePrompt()
        var run = try ResynthesisRun(self, prompt: prompt, content: content, options: options)
        let frames = try run.frames((snippet.count + hop - 1) / hop + networks.codec.configuration.delay)
        let codes = CodeFrames(levels: networks.codec.configuration.levels, codes: frames.flatMap { $0 })
        return Array(try networks.codec.decode(codes: codes, on: pool).prefix(snippet.count))
    }
}
