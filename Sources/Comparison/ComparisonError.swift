/// Why a comparison cannot be made. Its description is one line that says what to do.
package struct ComparisonError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
