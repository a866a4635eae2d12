import TokenTransformers

extension Sampling {
    /// These settings where `options` leaves them open.
    func overridden(by options: SamplingOptions?) -> Sampling {
        Sampling(
            temperature: options?.temperature ?? temperature, topK: options?.topK ?? topK,
            topP: options?.topP ?? topP, minP: options?.minP ?? minP)
    }
}
