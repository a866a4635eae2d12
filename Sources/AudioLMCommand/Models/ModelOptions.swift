import ArgumentParser
import AudioFiles
import AudioLM

/// Which models run, and on how many threads.
struct ModelOptions: ParsableArguments {
    /// Chooses the bundle by the snippet's sound.
    static let auto = "auto"

    @Option(
        help: ArgumentHelp(
            "Model bundle, by name or folder; auto, the default, tells piano from speech by the snippet, and is piano where there is none. Names are looked up in $AUDIOLM_MODELS, ./Models, and beside the tool.",
            valueName: "name or folder"), transform: fileName)
    var model = Self.auto

    @Option(
        parsing: .unconditional,
        help: "Threads to compute on (default: as many as there are cores, at most 8).")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads must be 1 to 256, found \(threads)")
        }
    }

    /// The codec of the bundle alone; `model` may also be a codec's own folder.
    func loadCodec() throws -> AudioCodec {
        try AudioCodec(contentsOf: BundleLocator().folder(of: named), threads: threads)
    }

    /// The bundle that was named; `ModelChoice.fallback` where the snippet was to choose and there is none.
    func load() throws -> any SoundModel {
        try load(named)
    }

    /// The bundle that was named, or the one that the snippet's sound chooses.
    func load(for snippet: AudioBuffer) throws -> ChosenModel { try loader()(snippet) }

    /// The same for one snippet after the other; each bundle is loaded once.
    func loader() -> (AudioBuffer) throws -> ChosenModel {
        var loaded: [String: any SoundModel] = [:]
        return { snippet in
            let choice =
                model == Self.auto
                ? try ModelChoice(for: snippet, locator: BundleLocator()) : ModelChoice(bundle: model)
            let bundle = try loaded[choice.bundle] ?? load(choice.bundle)
            loaded[choice.bundle] = bundle
            return ChosenModel(bundle, heard: choice.heard, warning: choice.warning)
        }
    }

    /// What tells the results of the bundles that may be taken from those of others.
    var identity: String {
        let names = model == Self.auto ? [Self.auto] + ModelChoice.bundles : [model]
        return BundleIdentity.digest(of: names.compactMap { try? BundleLocator().folder(of: $0) })
    }

    private var named: String { model == Self.auto ? ModelChoice.fallback : model }

    private func load(_ name: String) throws -> any SoundModel {
        try AudioLMBundle(contentsOf: BundleLocator().folder(of: name), threads: threads)
    }
}

/// A loaded bundle, and what is to be said about how it was chosen.
struct ChosenModel {
    let bundle: any SoundModel
    /// What the snippet sounds like, where that decided.
    let heard: SoundKind?
    /// One line.
    let warning: String?

    init(_ bundle: any SoundModel, heard: SoundKind? = nil, warning: String? = nil) {
        self.bundle = bundle
        self.heard = heard
        self.warning = warning
    }
}
