import Foundation

/// index.html: one file that holds its style, its program, the report and the sounds.
enum ReportPage {
    private static let scripts = [
        PackageResources.base64_js, PackageResources.elements_js, PackageResources.tables_js,
        PackageResources.summary_js, PackageResources.details_js, PackageResources.drift_js,
        PackageResources.pictures_js, PackageResources.player_js, PackageResources.main_js,
    ]

    /// What stands before the sounds and after them.
    static func parts(_ report: Report) throws -> (before: Data, after: Data) {
        let values = [
            "style": text(PackageResources.page_css), "report": try escaped(report.json(pretty: false)),
            "script": scripts.map(text).joined(separator: "\n"),
        ]
        let halves = text(PackageResources.report_html)
            .split(separator: "{{sounds}}", maxSplits: 1, omittingEmptySubsequences: false)
            .map { Data(filled(String($0), values).utf8) }
        return (halves[0], halves.count > 1 ? halves[1] : Data())
    }

    /// The element that holds a prompt's sounds; the same for the same sounds.
    static func element(_ sounds: PromptSounds) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = try escaped(encoder.encode(sounds))
        return Data("<script type=\"application/json\" class=\"sounds\">\(json)</script>\n".utf8)
    }

    /// A template with `{{name}}` replaced; what is put in is not looked at again.
    static func filled(_ template: String, _ values: [String: String]) -> String {
        template.split(separator: "{{", omittingEmptySubsequences: false).enumerated().map { index, part in
            guard index > 0, let end = part.range(of: "}}"),
                let value = values[String(part[..<end.lowerBound])]
            else { return index > 0 ? "{{" + part : String(part) }
            return value + part[end.upperBound...]
        }.joined()
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// JSON that cannot end the element it stands in.
    static func escaped(_ json: Data) -> String {
        // By bytes: a Character may be this one and a mark before it.
        String(
            decoding: json.flatMap { $0 == UInt8(ascii: "<") ? Array(#"\u003c"#.utf8) : [$0] }, as: UTF8.self)
    }
}
