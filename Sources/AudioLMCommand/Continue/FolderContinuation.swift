import ArgumentParser
import AudioFiles
import AudioLM
import Comparison
import Foundation

/// `audiolm continue FOLDER`: every prompt of a folder, each into a file named after it; goes on where it was cut off.
struct FolderContinuation {
    private let command: ContinueCommand
    private let source: URL
    private let target: URL

    /// Throws where the output is named like a sound file.
    init(_ command: ContinueCommand, folder: URL) throws {
        self.command = command
        source = folder
        target =
            command.output.output.map { URL(fileURLWithPath: $0) }
            ?? folder.deletingLastPathComponent().appending(path: folder.lastPathComponent + ".continued")
        if (try? AudioContainer(extensionOf: target)) != nil {
            throw ValidationError(
                "a folder's continuations go to a folder of WAV files; -o names \(target.relativePath)")
        }
    }

    static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// - Parameter load: the bundle for a snippet's end.
    func run(loading load: (AudioBuffer) throws -> ChosenModel) async throws {
        let prompts = try Prompt.all(in: source)
        var manifest = try openManifest()
        let wanted = prompts.flatMap { batches(of: $0, in: manifest) }
        guard !wanted.isEmpty else {
            return try say("\(target.relativePath): all \(prompts.count) prompts are continued")
        }
        let outputs = wanted.flatMap(files)
        for file in outputs {
            let overwrite = command.output.force || manifest.planned.contains(file.lastPathComponent)
            try checkOutput(file, inputs: prompts.map(\.file), overwrite: overwrite)
        }
        manifest.planned = Set(manifest.planned).union(outputs.map(\.lastPathComponent)).sorted()
        if command.output.force {
            try requireModel(for: prompts, loading: load)
            try removeEarlier()
        }
        try manifest.write(in: target)
        var missing = 0
        for (number, batch) in wanted.enumerated() {
            let reports: [ContinuationReport]
            do {
                reports = try await make(
                    batch, seed: manifest.settings.seed, label: "\(number + 1)/\(wanted.count) ",
                    loading: load)
            } catch let error as AudioFileError {
                Terminal.error("Error: \(error)")
                missing += batch.variations.count
                continue
            }
            try note(reports, of: batch, in: &manifest)
        }
        if missing > 0 {
            let all = wanted.reduce(0) { $0 + $1.variations.count }
            throw ComparisonError("\(missing) of \(all) continuations could not be made, as told above")
        }
    }

    /// Variations of a prompt that are made together: consecutive ones, as their seeds are.
    private struct Batch {
        let prompt: Prompt
        var variations: ClosedRange<Int>
    }

    /// The variations of a prompt that the folder does not hold.
    private func batches(of prompt: Prompt, in manifest: ContinuationManifest) -> [Batch] {
        var batches: [Batch] = []
        for variation in 1...command.continuation.variations
        where !manifest.holds(prompt, variation: variation, in: target) {
            if let last = batches.last?.variations, last.upperBound == variation - 1,
                last.count < command.continuation.variationsAtOnce
            {
                batches[batches.count - 1].variations = last.lowerBound...variation
            } else {
                batches.append(Batch(prompt: prompt, variations: variation...variation))
            }
        }
        return batches
    }

    private func files(_ batch: Batch) -> [URL] {
        batch.variations.map { variation in
            let number = command.continuation.variations > 1 ? ".\(variation)" : ""
            return target.appending(path: "\(batch.prompt.name)\(number).wav")
        }
    }

    /// Throws where the models cannot be had, while what the run before made is still there.
    private func requireModel(
        for prompts: [Prompt], loading load: (AudioBuffer) throws -> ChosenModel
    ) throws {
        for prompt in prompts {
            guard let recording = try? command.recording(prompt.file) else { continue }
            return try command.requireCandidates(of: load(recording.sounding))
        }
    }

    /// Takes out what the run before made: what is not made anew would pass for this run's.
    private func removeEarlier() throws {
        guard let earlier = try? ContinuationManifest.read(in: target) else { return }
        // Whoever wrote the manifest, it can name sounds of this folder alone.
        for name in earlier.planned where name.hasSuffix(".wav") && !name.contains("/") {
            let file = target.appending(path: name)
            if FileManager.default.fileExists(atPath: file.path) {
                try FileManager.default.removeItem(at: file)
            }
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
                    "\(target.relativePath) was made with other settings or weights (see \(ContinuationManifest.name)); "
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
        for (stage, options) in command.sampling.options() {
            sampling["\(stage.rawValue) temperature"] = options.temperature.map(Double.init)
            sampling["\(stage.rawValue) top-k"] = options.topK.map(Double.init)
            sampling["\(stage.rawValue) top-p"] = options.topP.map(Double.init)
            sampling["\(stage.rawValue) min-p"] = options.minP.map(Double.init)
        }
        sampling["candidates"] = command.continuation.candidates.map(Double.init)
        return ContinuationManifest.Settings(
            bundle: command.model.model, weights: command.model.identity,
            seconds: command.continuation.seconds,
            promptSeconds: command.continuation.promptSeconds,
            onlyContinuation: command.continuation.onlyContinuation, sampling: sampling, seed: seed,
            isNumbered: command.continuation.variations > 1)
    }

    /// Makes a batch; throws `AudioFileError` where its prompt or its files cannot be had.
    private func make(
        _ batch: Batch, seed: UInt64, label: String, loading load: (AudioBuffer) throws -> ChosenModel
    ) async throws -> [ContinuationReport] {
        try await command.makeContinuations(
            of: batch.prompt.file, to: files(batch), seed: seed &+ UInt64(batch.variations.lowerBound - 1),
            label: label, loading: load)
    }

    private func note(
        _ reports: [ContinuationReport], of batch: Batch, in manifest: inout ContinuationManifest
    ) throws {
        for (index, report) in reports.enumerated() {
            manifest.add(
                .init(
                    prompt: batch.prompt.name, file: files(batch)[index].lastPathComponent,
                    variation: batch.variations.lowerBound + index, seed: report.seed,
                    wallSeconds: report.wallSeconds))
        }
        try manifest.write(in: target)
        for report in reports { try command.tell(report) }
    }

    private func say(_ line: String) throws {
        if !command.output.quiet, !command.output.json { try Terminal.output(line) }
    }
}
