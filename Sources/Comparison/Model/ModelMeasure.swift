/// Measures that need a model.
enum ModelMeasure {
    static let bits = Measure(
        id: "token_bits", title: "Token likelihood", group: .model, unit: "bits per token",
        definition: """
            Mean of minus the binary logarithm of the probability of each semantic token of the continuation under the \
            bundle's semantic stage, everything before it known, the prompt too.
            """,
        source: "AudioLM (Borsos et al., 2022), section III-C", better: .natural)

    static let synthetic = Measure(
        id: "called_synthetic", title: "Called synthetic", group: .model, unit: "share of seconds",
        definition: """
            Share of the continuation's seconds, pauses left out, that the bundle's detector calls synthetic: a small \
            convolutional network on 64-band log-mel spectra, trained to tell the bundle's own continuations from real \
            sound that its codec has coded. Its accuracy stands in the bundle's model card; of other systems' sound it \
            knows nothing.
            """,
        source: "AudioLM (Borsos et al., 2022), section IV-F", better: .lower)

    static let frechet = Measure(
        id: "frechet", title: "Fréchet distance", group: .distance, unit: "squared activation",
        definition: """
            Fréchet distance of the normal distributions of the bundle's own semantic encoder's activations, means over \
            1 s, to those of the real continuations. Not comparable between bundles, nor with distances on other \
            networks' features; biased upwards for few seconds of sound. The interval is the jackknife's over prompts.
            """,
        source: "Fréchet Audio Distance: Kilgour et al., 2019", better: .lower)

    static let kernel = Measure(
        id: "kernel_distance", title: "Kernel distance", group: .distance, unit: "MMD² × 100",
        definition: """
            Unbiased squared maximum mean discrepancy of the same activations to those of the real continuations, times \
            100, by a Gaussian kernel whose width is the median distance within the real ones. The interval is the \
            jackknife's over prompts.
            """,
        source: "Kernel Audio Distance: Chung et al., 2025", better: .lower)
}
