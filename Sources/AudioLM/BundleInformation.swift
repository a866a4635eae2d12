/// What a bundle consists of and what it runs on.
public struct BundleInformation: Sendable, Equatable, Codable {
    /// One network and the file of its weights.
    public struct Part: Sendable, Equatable, Codable {
        public let name: String
        public let file: String
        public let parameters: Int
        public let bytes: Int

        public init(name: String, file: String, parameters: Int, bytes: Int) {
            self.name = name
            self.file = file
            self.parameters = parameters
            self.bytes = bytes
        }
    }

    public let name: String
    public let folder: String
    public let format: Int
    public let parts: [Part]
    /// The instruction set that the kernels chose.
    public let instructionSet: String
    public let threads: Int

    public init(
        name: String, folder: String, format: Int, parts: [Part], instructionSet: String, threads: Int
    ) {
        self.name = name
        self.folder = folder
        self.format = format
        self.parts = parts
        self.instructionSet = instructionSet
        self.threads = threads
    }
}

/// One comparison of a bundle's networks with its golden file.
public struct VerificationResult: Sendable, Equatable, Codable {
    public let part: String
    public let passed: Bool
    /// What was compared, what was found and what is allowed, in a line.
    public let detail: String

    public init(part: String, passed: Bool, detail: String) {
        self.part = part
        self.passed = passed
        self.detail = detail
    }
}
