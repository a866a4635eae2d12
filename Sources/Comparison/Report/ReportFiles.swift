import AudioFiles
package import Foundation

/// Writes a report's three files.
package struct ReportFiles {
    private let report: Report
    private let plan: ComparisonPlan
    private let listen: Int

    /// - Parameter listen: how many prompts' sounds the page holds.
    package init(_ report: Report, plan: ComparisonPlan, listen: Int) {
        self.report = report
        self.plan = plan
        self.listen = listen
    }

    /// Writes report.json, report.csv and index.html, each of which appears whole or not at all; returns the page's
    /// place.
    package func write(to folder: URL) throws -> URL {
        let page = folder.appending(path: "index.html")
        try writeWhole(report.json(pretty: true), to: folder.appending(path: "report.json"))
        try writeWhole(Data(report.csv.utf8), to: folder.appending(path: "report.csv"))
        try writePage(to: page)
        return page
    }

    /// One prompt's sounds after the other, so that memory does not grow with their number.
    private func writePage(to url: URL) throws {
        let make = SoundLaneMaker(plan)
        let parts = try ReportPage.parts(report)
        var unfinished = try UnfinishedFile(for: url)
        let descriptor = unfinished.descriptor
        func write(_ data: Data) throws {
            guard data.withUnsafeBytes({ writeAll($0, to: descriptor) }) else { throw failure(url) }
        }
        do {
            try write(parts.before)
            for prompt in heard {
                try Task.checkCancellation()
                try write(ReportPage.element(make(prompt)))
            }
            try write(parts.after)
        } catch {
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0 else { throw failure(url) }
        try unfinished.finish()
    }

    private func failure(_ url: URL) -> AudioFileError {
        .unwritable(path: url.relativePath, reason: String(cString: strerror(errno)))
    }

    /// At most `listen` prompts, at even steps.
    private var heard: [Prompt] {
        let count = min(listen, plan.prompts.count)
        return (0..<count).map { plan.prompts[$0 * plan.prompts.count / count] }
    }
}
