import AudioFiles
import AudioLM
import Foundation

/// Which bundle a snippet is continued with, and why.
struct ModelChoice {
    /// Name or folder.
    let bundle: String
    /// What the snippet sounds like, where that decided.
    var heard: SoundKind?
    /// What the user should know about the choice, one line.
    var warning: String?

    /// The bundle that is taken where nothing tells.
    static let fallback = "piano"
    /// All that may be chosen.
    static let bundles = ["piano", "speech"]

    /// Judges `snippet` by the classifier among the bundles; warns where that leaves a doubt.
    init(for snippet: AudioBuffer, locator: BundleLocator) throws {
        guard let folder = try? locator.folder(of: ModelOptions.auto) else {
            self.init(
                bundle: Self.fallback,
                warning: "no bundle auto is installed to tell sounds apart; going on with \(Self.fallback)")
            return
        }
        let mono = AudioBuffer(mono: snippet.heardAsMono(), sampleRate: snippet.sampleRate)
        let samples = try mono.resampled(to: SoundKindClassifier.sampleRate).channels[0]
        try self.init(
            heard: SoundKindClassifier(contentsOf: folder).kind(of: samples),
            isInstalled: { (try? locator.folder(of: $0)) != nil })
    }

    init(bundle: String, heard: SoundKind? = nil, warning: String? = nil) {
        self.bundle = bundle
        self.heard = heard
        self.warning = warning
    }

    /// The bundle of the kind that was heard, of the nearest kind where it is none, and `fallback` where that kind's
    /// bundle is not installed.
    init(heard: SoundKind, isInstalled: (String) -> Bool) {
        let kinds = heard.shares.keys.filter { $0 != SoundKind.none }.sorted()
        var doubts: [String] = []
        var bundle = heard.name
        if heard.name == SoundKind.none {
            bundle = heard.nearest ?? Self.fallback
            let shares = kinds.map { "\($0) \(Self.percent(heard.shares[$0]))" }.joined(separator: ", ")
            doubts.append("the snippet sounds like none of \(shares)")
        }
        if !isInstalled(bundle), bundle != Self.fallback {
            doubts.append("no bundle is installed for \(bundle), which the snippet sounds nearest to")
            bundle = Self.fallback
        }
        self.init(
            bundle: bundle, heard: heard,
            warning: doubts.isEmpty
                ? nil : doubts.joined(separator: "; ") + "; going on with \(bundle), --model chooses another")
    }

    private static func percent(_ share: Double?) -> String { "\(Int(((share ?? 0) * 100).rounded())) %" }
}
