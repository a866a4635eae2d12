package import Tensors

/// Files that the tests compare with, in `Tests/Fixtures`.
package enum Fixtures {
    /// The path of a fixture, given relative to `Tests/Fixtures`.
    package static func path(_ name: String) -> String {
        let support = #filePath.split(separator: "/").dropLast()
        return "/" + support.dropLast().joined(separator: "/") + "/Fixtures/" + name
    }

    /// The folder of a bundle or codec that the repository ships.
    package static func model(_ name: String) -> String { path("../../Models/" + name) }

    /// A golden safetensors file: inputs, weights and outputs that PyTorch computed.
    package static func golden(_ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(path: path(name))
    }
}
