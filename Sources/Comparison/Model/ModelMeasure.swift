/// Measures that need a model.
enum ModelMeasure {
    static let bits = Measure(
        id: "token_bits", title: "Token likelihood", group: .model, unit: "bits per token",
        definition: """
            Mean of minus the binary logarithm of the probability of each semantic token of the continuation under the \
            bundle's semantic stage, everything before it known, the prompt too.
            """,
        source: "AudioLM (Borsos et al., 2022), section III-C", better: .natural)

    static let frechet = Measure(
        id: "frechet", title: "Fréchet distance", group: .distance, unit: "squared activation",
        definition: """
            Fréchet distance of the normal distributions of the bundle's own semantic encoder's activations, means over \
            1 s, to those of the real continuations. Not comparable between bundles, nor with distances on other \
            networks' features; biased upwards for few seconds of sound.
            """,
        source: "Fréchet Audio Distance: Kilgour et al., 2019", better: .lower)

    static let kernel = Measure(
        id: "kernel_distance", title: "Kernel distance", group: .distance, unit: "MMD² × 100",
        definition: """
            Unbiased squared maximum mean discrepancy of the same activations to those of the real continuations, times \
            100, by a Gaussian kernel whose width is the median distance within the real ones.
            """,
        source: "Kernel Audio Distance: Chung et al., 2025", better: .lower)
}
