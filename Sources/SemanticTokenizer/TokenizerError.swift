/// Why a semantic tokenizer cannot be made.
package enum TokenizerError: Error, Equatable, CustomStringConvertible {
    /// A number in the bundle's configuration makes no sense.
    case configuration(name: String, found: String, expected: String)

    package var description: String {
        switch self {
        case .configuration(let name, let found, let expected):
            "\(name) is \(found), expected \(expected)"
        }
    }
}
