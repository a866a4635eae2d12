import AudioFiles
import AudioLM
import Comparison
import Foundation

/// `audiolm continue FOLDER`: every prompt of a folder, each into a file named after it; goes on where it was cut off.
struct FolderContinuation {
    private let command: ContinueCommand
    private let source: URL
    private let target: URL

    init(_ command: ContinueCommand, folder: URL) {
        self.command = command
        source = folder
        target =
            command.output.output.map { URL(fileURLWithPath: $0) }
            ?? folder.deletingLastPathComponent().appending(path: folder.lastPathComponent + ".continued")
    }

    static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// - Parameter load: the bundle for a snippet's end.
    func run(loading load: (AudioBuffer) throws -> ChosenModel) async throws {
        let prompts = try Prompt.all(in: source)
        var manifest = try openManifest()
        let wanted = prompts.flatMap { prompt in
            (1...command.continuation.variations).map { (prompt, $0) }
        }.filter { !manifest.holds($0.0, variation: $0.1, in: target) }
        guard !wanted.isEmpty else {
            return say("\(target.relativePath): all \(prompts.count) prompts are continued")
        }
        var refused: [String] = []
        for (number, (prompt, variation)) in wanted.enumerated() {
            do {
                let made = try await make(
                    prompt, variation, label: "\(number + 1)/\(wanted.count) ",
                    seed: manifest.settings.seed &+ UInt64(variation - 1), loading: load)
                manifest.continuations.removeAll {
                    $0.prompt == made.prompt && $0.variation == made.variation
                }
                manifest.continuations.append(made)
                try manifest.write(in: target)
            } catch let error as AudioFileError {
                refused.append("\(error)")
            }
        }
        if let first = refused.first {
            throw ComparisonError(
                "\(refused.count) of \(wanted.count) continuations could not be made; the first: \(first)")
        }
    }

    /// The folder's manifest if its settings are these, else a new one where there is none.
    private func openManifest() throws -> ContinuationManifest {
        let found = command.output.force ? nil : try ContinuationManifest.read(in: target)
        let seed = command.continuation.seed ?? found?.settings.seed ?? UInt64(UInt32.random(in: 0 ... .max))
        let settings = settings(seed: seed)
        if let found {
            guard found.settings == settings else {
                throw ComparisonError(
                    "\(target.relativePath) was made with other settings (see \(ContinuationManifest.name)); "
                        + "choose another folder with -o, or begin anew with --force")
            }
            return found
        }
        do {
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        } catch {
            throw ComparisonError("cannot make the folder \(target.relativePath); choose another with -o")
        }
        return ContinuationManifest(settings)
    }

    private func settings(seed: UInt64) -> ContinuationManifest.Settings {
        var sampling: [String: Double] = [:]
        for (stage, options) in command.sampling.options {
            sampling["\(stage.rawValue) temperature"] = options.temperature.map(Double.init)
            sampling["\(stage.rawValue) top-k"] = options.topK.map(Double.init)
            sampling["\(stage.rawValue) top-p"] = options.topP.map(Double.init)
            sampling["\(stage.rawValue) min-p"] = options.minP.map(Double.init)
        }
        sampling["candidates"] = command.continuation.candidates.map(Double.init)
        return ContinuationManifest.Settings(
            bundle: command.model.model, seconds: command.continuation.seconds,
            promptSeconds: command.continuation.promptSeconds,
            onlyContinuation: command.continuation.onlyContinuation, sampling: sampling, seed: seed,
            variations: command.continuation.variations)
    }

    private func make(
        _ prompt: Prompt, _ variation: Int, label: String, seed: UInt64,
        loading load: (AudioBuffer) throws -> ChosenModel
    ) async throws -> ContinuationManifest.Continuation {
        let name =
            command.continuation.variations > 1 ? "\(prompt.name).\(variation).wav" : "\(prompt.name).wav"
        let summary = try await command.makeContinuation(
            of: prompt.file, to: target.appending(path: name), seed: seed, label: label, loading: load)
        return ContinuationManifest.Continuation(
            prompt: prompt.name, file: name, variation: variation, seed: seed,
            wallSeconds: summary.wallSeconds)
    }

    private func say(_ line: String) {
        if !command.output.quiet { Terminal.output(line) }
    }
}
