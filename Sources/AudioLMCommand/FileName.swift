import ArgumentParser

/// The name of a file or folder on the command line. An empty one, as of a variable that is not set, would be the
/// working folder.
func fileName(_ argument: String) throws -> String {
    guard !argument.isEmpty else { throw ValidationError("a name is expected, found none") }
    return argument
}
