// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target: explicit existentials, and imports internal unless written `public import`,
/// so that each file shows what it exposes.
let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: swiftSettings)
}

/// The report's page, which becomes part of the tool.
let pageFiles = [
    "report.html", "page.css", "base64.js", "elements.js", "tables.js", "summary.js", "details.js",
    "drift.js",
    "pictures.js", "player.js", "main.js", "blind.html", "blind.js",
]

let package = Package(
    name: "audiolm-swift",
    products: [
        .library(name: "AudioLM", targets: ["AudioLM", "AudioFiles"]),
        .executable(name: "audiolm", targets: ["AudioLMTool"]),
        .executable(name: "continue", targets: ["ContinueTool"]),
        .executable(name: "audiolm-bench", targets: ["AudioLMBench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // System libraries and our own C. C knows nothing of Swift.
        .systemLibrary(
            name: "CSndFile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
        .systemLibrary(
            name: "CSoxr", pkgConfig: "soxr", providers: [.apt(["libsoxr-dev"])]),
        .target(name: "CKernels"),

        // Numerics.
        library("Tensors", ["CKernels"]),
        library("NeuralLayers", ["Tensors"]),

        // The three networks and the sound files. Siblings never import each other.
        library("SoundStream", ["NeuralLayers", "Tensors"]),
        library("SemanticTokenizer", ["NeuralLayers", "Tensors"]),
        library("TokenTransformers", ["NeuralLayers", "Tensors"]),
        library("AudioFiles", ["CSndFile", "CSoxr"]),

        // Measures of continuations and the report that compares them; nothing of the networks.
        .target(
            name: "Comparison", dependencies: ["AudioFiles", "Tensors"],
            resources: pageFiles.map { .embedInCode("Page/" + $0) }, swiftSettings: swiftSettings),

        // The facade and the command.
        library(
            "AudioLM",
            [
                "AudioFiles", "SoundStream", "SemanticTokenizer", "TokenTransformers",
                "NeuralLayers", "Tensors",
            ]),
        library(
            "AudioLMCommand",
            [
                "AudioLM", "AudioFiles", "Comparison", "Tensors",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(
            name: "AudioLMTool", dependencies: ["AudioLMCommand"], swiftSettings: swiftSettings),
        .executableTarget(
            name: "ContinueTool", dependencies: ["AudioLMCommand"], swiftSettings: swiftSettings),
        .executableTarget(
            name: "AudioLMBench",
            dependencies: [
                "AudioLM", "SoundStream", "SemanticTokenizer", "TokenTransformers", "NeuralLayers", "Tensors",
            ],
            swiftSettings: swiftSettings),

        // Tests.
        .target(
            name: "TestSupport", dependencies: ["AudioLM", "AudioFiles", "Tensors"],
            path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        tests("KernelTests", ["CKernels"]),
        tests("TensorsTests", ["Tensors"]),
        tests("NeuralLayersTests", ["NeuralLayers", "Tensors"]),
        tests("SoundStreamTests", ["SoundStream", "NeuralLayers", "Tensors"]),
        tests("SemanticTokenizerTests", ["SemanticTokenizer", "NeuralLayers", "Tensors"]),
        tests(
            "TokenTransformersTests",
            ["TokenTransformers", "NeuralLayers", "Tensors", "AllocationCounter"]),
        tests("AudioFilesTests", ["AudioFiles"]),
        tests("ComparisonTests", ["Comparison", "AudioFiles", "Tensors"]),
        tests("AudioLMTests", ["AudioLM", "AudioFiles", "SoundStream", "Tensors"]),
        tests("AudioLMCommandTests", ["AudioLMCommand", "AudioLM", "AudioFiles", "Comparison"]),
    ],
    swiftLanguageModes: [.v6]
)
