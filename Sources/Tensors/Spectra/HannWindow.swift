/// The periodic Hann window of `count` samples, as `torch.hann_window` has it.
package func hannWindow(_ count: Int) -> [Float] {
    let turn = 2 * Double.pi / Double(count)
    return (0..<count).map { Float(0.5 - 0.5 * cosine(turn * Double($0))) }
}
