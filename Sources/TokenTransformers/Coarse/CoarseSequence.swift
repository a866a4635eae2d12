/// The tokens of one sequence of the coarse stage that its next steps see.
struct CoarseSequence: Sendable {
    let configuration: CoarseStageConfiguration
    /// `[frames, levels]` from `firstFrame` on; codes that are not yet drawn are blank.
    private var codes: [Int]
    private var firstFrame = 0
    private var semantic: [Int]
    private var firstToken = 0

    /// Frames whose memory is there from the start: what is taken at a time, and then some.
    private static let reservedFrames = 256

    /// - Parameters:
    ///   - prompt: `[frames][levels]`; further levels are ignored.
    ///   - semantic: tokens from the prompt's first frame on.
    init(_ configuration: CoarseStageConfiguration, prompt: [[Int]], semantic: [Int]) {
        self.configuration = configuration
        codes = prompt.flatMap { $0.prefix(configuration.levels) }
        self.semantic = semantic
        codes.reserveCapacity(codes.count + Self.reservedFrames * configuration.levels)
        self.semantic.reserveCapacity(semantic.count + Self.reservedFrames)
    }

    /// Semantic tokens from the sequence's first frame on.
    var semanticCount: Int { firstToken + semantic.count }

    mutating func append(semantic token: Int) { semantic.append(token) }

    /// The semantic token at a place, and that for unknown ones beyond the last.
    func semanticToken(_ place: Int) -> Int {
        place < semanticCount ? semantic[place - firstToken] : configuration.semanticVocabulary
    }

    /// Adds a frame of blanks.
    mutating func addFrame() {
        for _ in 0..<configuration.levels { codes.append(configuration.codes) }
    }

    mutating func set(_ code: Int, frame: Int, level: Int) {
        codes[(frame - firstFrame) * configuration.levels + level] = code
    }

    /// A code, blank outside of the frames.
    func code(frame: Int, level: Int) -> Int {
        let index = (frame - firstFrame) * configuration.levels + level
        return frame >= 0 && index < codes.count ? codes[index] : configuration.codes
    }

    /// `[frames][levels]`
    func frames(_ frames: Range<Int>) -> [[Int]] {
        frames.map { frame in (0..<configuration.levels).map { code(frame: frame, level: $0) } }
    }

    /// Drops what neither `step` nor a later one sees, of the frames before `frame`.
    mutating func forget(before frame: Int, step: Int) {
        let frames = max(min(frame, step - configuration.levels) - firstFrame, 0)
        codes.removeFirst(frames * configuration.levels)
        firstFrame += frames
        let tokens = max(min(step / configuration.framesPerSemanticToken, semanticCount) - firstToken, 0)
        semantic.removeFirst(tokens)
        firstToken += tokens
    }
}
