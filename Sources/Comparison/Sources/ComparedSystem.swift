package import Foundation

/// Where the sound of a continuation comes from.
package enum ContinuationSource: Sendable, Hashable {
    case file(URL)
    /// A file that continues another prompt, which it may hold.
    case ofAnother(URL, prompt: URL)
    /// The prompt, again and again.
    case promptLooped
    /// The codec's round trip of a file.
    case coded(URL)
    /// What the bundle makes of the prompt without semantic tokens.
    case acoustic

    /// The file's path, as the report says it.
    package var name: String {
        switch self {
        case .file(let url), .ofAnother(let url, _): url.relativePath
        case .promptLooped: "the prompt, looped"
        case .coded(let url): "\(url.relativePath), coded"
        case .acoustic: "the prompt, continued without semantic tokens"
        }
    }
}

/// Something that continues prompts.
package struct ComparedSystem: Sendable, Equatable {
    package let name: String
    /// Where its continuations come from, in words.
    package let origin: String
    /// By prompt name; several where there are variations.
    package let continuations: [String: [ContinuationSource]]

    package init(name: String, origin: String, continuations: [String: [ContinuationSource]]) {
        self.name = name
        self.origin = origin
        self.continuations = continuations
    }
}

extension ComparedSystem {
    /// What may stand between a prompt's name and the extension, beside the number of a variation.
    private static let suffixes = ["continued", "truth"]

    /// A folder of continuations: NAME.EXT, NAME.continued.EXT, NAME.truth.EXT, or NAME.1.EXT, NAME.2.EXT, … for
    /// variations.
    /// - Parameter partial: whether prompts may lack a continuation.
    package init(name: String, folder: URL, prompts: [Prompt], partial: Bool) throws {
        let names = Set(prompts.map(\.name))
        var found: [String: [Int: URL]] = [:]
        for file in try SoundFolder(folder).files {
            guard let (prompt, variation) = Self.meaning(of: file, names: names) else { continue }
            if let other = found[prompt]?[variation] {
                throw ComparisonError(
                    "\(file.relativePath) and \(other.lastPathComponent) are both continuations of \(prompt); keep one"
                )
            }
            found[prompt, default: [:]][variation] = file
        }
        for (prompt, variations) in found.sorted(by: { $0.key < $1.key }) where variations.count > 1 {
            guard let alone = variations[Self.unnumbered] else { continue }
            throw ComparisonError(
                "\(alone.relativePath) stands beside numbered continuations of \(prompt), as of another run; keep one or the others"
            )
        }
        let missing = prompts.map(\.name).filter { found[$0] == nil }
        guard missing.isEmpty || (partial && missing.count < prompts.count) else {
            throw ComparisonError(
                "\(folder.relativePath) has no continuation of \(missing.count) of \(prompts.count) prompts "
                    + "(the first: \(missing[0])); name files after the prompts"
                    + (partial ? "" : ", or leave those prompts out with --partial"))
        }
        self.init(
            name: name, origin: folder.relativePath,
            continuations: found.mapValues { variations in
                variations.sorted { $0.key < $1.key }.map { .file($0.value) }
            })
    }

    /// Stands for the number of a variation that has none.
    private static let unnumbered = -1

    /// The prompt that a file continues, and the number of its variation.
    private static func meaning(of file: URL, names: Set<String>) -> (String, Int)? {
        var stem = file.deletingPathExtension().lastPathComponent
        if names.contains(stem) { return (stem, unnumbered) }
        var parts = stem.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        var variation = unnumbered
        if let number = parts.last.flatMap(Int.init), number >= 0, parts.count > 1 {
            variation = number
            parts.removeLast()
        }
        if let last = parts.last, suffixes.contains(last), parts.count > 1 { parts.removeLast() }
        stem = parts.joined(separator: ".")
        return names.contains(stem) ? (stem, variation) : nil
    }
}
