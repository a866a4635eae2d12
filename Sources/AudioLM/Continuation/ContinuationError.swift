/// Why a request cannot be carried out. Its description is one line that says what is expected.
public struct ContinuationError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
