import ArgumentParser
import AudioLM

/// Which models run, and on how many threads.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Model bundle, by name or folder. Names are looked up in $AUDIOLM_MODELS, ./Models, and beside the tool.",
            valueName: "name or folder"))
    var model = "piano"

    @Option(parsing: .unconditional, help: "Threads to compute on (default: all cores).")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads must be 1 to 256, found \(threads)")
        }
    }

    /// The codec of the bundle alone; `model` may also be a codec's own folder.
    func loadCodec() throws -> AudioCodec {
        try AudioCodec(contentsOf: BundleLocator().folder(of: model), threads: threads)
    }

    func load() throws -> any SoundModel {
        try AudioLMBundle(contentsOf: BundleLocator().folder(of: model), threads: threads)
    }
}
