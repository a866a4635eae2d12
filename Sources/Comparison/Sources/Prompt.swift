package import Foundation

/// A recording that systems continue.
package struct Prompt: Sendable, Equatable {
    /// The file's name without extension and without a trailing ".prompt": what continuations are named after.
    package let name: String
    package let file: URL
    /// Which recording it was cut from; prompts of one recording are not each other's "other".
    package let recording: String

    package init(name: String, file: URL, recording: String) {
        self.name = name
        self.file = file
        self.recording = recording
    }
}

extension Prompt {
    private static let marker = "prompt"

    /// The prompts of a folder in the order of their names.
    ///
    /// Where files named NAME.prompt.EXT are there, only those count, so that continuations may lie beside them. A
    /// prompts.csv with the columns `name` and `recording` says which prompts are of one recording.
    package static func all(in folder: URL) throws -> [Prompt] {
        let files = try SoundFolder(folder).files
        let marked = files.filter { $0.deletingPathExtension().pathExtension == marker }
        let recordings = try recordings(in: folder)
        let prompts = (marked.isEmpty ? files : marked).map { file in
            let stem = file.deletingPathExtension()
            let name = (marked.isEmpty ? stem : stem.deletingPathExtension()).lastPathComponent
            return Prompt(name: name, file: file, recording: recordings[name] ?? name)
        }
        let names = Dictionary(grouping: prompts, by: \.name)
        if let twice = names.filter({ $0.value.count > 1 }).keys.min() {
            throw ComparisonError(
                "\(folder.relativePath) holds several prompts named \(twice); keep one file of each name")
        }
        guard !prompts.isEmpty else {
            throw ComparisonError("\(folder.relativePath) holds no sound files; give a folder of prompts")
        }
        return prompts
    }

    private static func recordings(in folder: URL) throws -> [String: String] {
        let file = folder.appending(path: "prompts.csv")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [:] }
        let rows = text.split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let head = rows.first, let name = head.firstIndex(of: "name"),
            let recording = head.firstIndex(of: "recording")
        else {
            throw ComparisonError(
                "\(file.relativePath) lacks a column name or recording; add it to the first line")
        }
        return rows.dropFirst().reduce(into: [:]) { found, row in
            if row.count > max(name, recording) { found[row[name]] = row[recording] }
        }
    }
}
