import Foundation

extension Report {
    /// report.json, and what the page reads.
    func json(pretty: Bool) throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting =
            pretty
            ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// report.csv: a line for each continuation, a column for each measure.
    var csv: String {
        let columns = measures.map(\.id).filter { id in continuations.contains { $0.values[id] != nil } }
        let head = ["prompt", "system", "variation", "source", "seconds", "fault_list"] + columns
        let lines = continuations.map { row in
            [
                row.prompt, row.system, "\(row.variation)", row.source, "\(row.seconds)",
                row.faults.joined(separator: "; "),
            ] + columns.map { row.values[$0].map { "\($0)" } ?? "" }
        }
        return ([head] + lines).map { $0.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
    }

    /// A field as RFC 4180 has it.
    static func quoted(_ field: String) -> String {
        // By scalars: a quotation mark with an accent, or CR LF, is one Character.
        let special: Set<Unicode.Scalar> = [",", "\"", "\r", "\n"]
        guard field.unicodeScalars.contains(where: special.contains) else { return field }
        let doubled = field.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }
        return "\"" + doubled.joined() + "\""
    }
}
