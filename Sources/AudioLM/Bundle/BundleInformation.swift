/// What a bundle consists of and what it runs on.
public struct BundleInformation: Sendable, Equatable, Codable {
    /// One network and the file of its weights.
    public struct Part: Sendable, Equatable, Codable {
        /// As `audiolm info` lists it, such as "coarse stage".
        public let name: String
        /// Name of the file in the bundle's folder, or the codec's.
        public let file: String
        /// Numbers that were learned, scales of quantised weights left out.
        public let parameters: Int
        /// Size of the file.
        public let bytes: Int

        package init(name: String, file: String, parameters: Int, bytes: Int) {
            self.name = name
            self.file = file
            self.parameters = parameters
            self.bytes = bytes
        }
    }

    /// The bundle's own name.
    public let name: String
    /// Path of the folder that it was loaded from.
    public let folder: String
    /// Version of its config.json.
    public let format: Int
    /// All networks and tables, the codec's last.
    public let parts: [Part]
    /// The instruction set that the kernels chose.
    public let instructionSet: String
    /// How many threads compute.
    public let threads: Int

    package init(
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
    /// Name of the network.
    public let part: String
    /// Whether it computes what PyTorch did, to within rounding.
    public let passed: Bool
    /// What was compared, what was found and what is allowed, in a line.
    public let detail: String

    package init(part: String, passed: Bool, detail: String) {
        self.part = part
        self.passed = passed
        self.detail = detail
    }
}
