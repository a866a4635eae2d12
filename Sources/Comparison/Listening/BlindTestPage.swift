import AudioFiles
package import Foundation

/// blind.html: a listening test as one file, and the key that says which sound is whose.
package struct BlindTestPage {
    /// What the page knows of a trial.
    private struct Trial: Encodable {
        let number: Int
        let seam: Double
        let seconds: Double
        let sounds: [Data]
        let type: String
    }

    /// Seconds of the prompt's end that are heard first.
    private static let lead = 5.0

    private let test: BlindTest
    private let plan: ComparisonPlan

    package init(_ test: BlindTest, plan: ComparisonPlan) {
        self.test = test
        self.plan = plan
    }

    /// Writes both files and returns the page's place. Throws where the folder holds another test's key.
    package func write(to folder: URL) throws -> URL {
        let page = folder.appending(path: "blind.html")
        let key = JSONEncoder()
        key.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let keyFile = folder.appending(path: BlindTest.fileName)
        if FileManager.default.fileExists(atPath: keyFile.path), (try? BlindTest.read(in: folder)) != test {
            throw ComparisonError(
                "\(keyFile.relativePath) is another listening test's, whose answers need it; "
                    + "remove it, or choose another folder with -o")
        }
        let trials = try test.trials.map { trial in
            try Task.checkCancellation()
            let json = try ReportPage.escaped(JSONEncoder().encode(self.trial(trial)))
            return "<script type=\"application/json\" class=\"trial\">\(json)</script>"
        }
        let html = ReportPage.filled(
            ReportPage.text(PackageResources.blind_html),
            [
                "style": ReportPage.text(PackageResources.page_css), "test": test.id,
                "trials": trials.joined(separator: "\n"),
                "script": [PackageResources.base64_js, PackageResources.blind_js].map(ReportPage.text)
                    .joined(separator: "\n"),
            ])
        // The page first: a key without one would keep its place from the next test's.
        try writeWhole(Data(html.utf8), to: page)
        try writeWhole(key.encode(test), to: keyFile)
        return page
    }

    private func trial(_ trial: BlindTest.Trial) throws -> Trial {
        guard let prompt = plan.prompts.first(where: { $0.name == trial.prompt }) else {
            throw ComparisonError(
                "the listening test has no prompt named \(trial.prompt); make it anew with --blind")
        }
        let sound = try PromptSound(contentsOf: prompt.file)
        let joined = try [trial.first, trial.second].map { name in
            let sources = plan.systems.first { $0.name == name }?.continuations[prompt.name] ?? []
            return try JoinedSound(
                sound, sources[trial.number % sources.count], seconds: plan.seconds, model: plan.model)
        }
        let first = max(0, joined[0].seam - Sound.samples(Self.lead))
        // Both of one length, so that the longer is not known by it.
        let end = joined.map(\.samples.count).min() ?? 0
        return Trial(
            number: trial.number, seam: Double(joined[0].seam - first) / Double(Sound.sampleRate),
            seconds: Double(end - first) / Double(Sound.sampleRate),
            sounds: try joined.map {
                try AudioBuffer(mono: Array($0.samples[first..<end]), sampleRate: Sound.sampleRate).encoded(
                    as: .flac)
            }, type: "audio/flac")
    }
}
