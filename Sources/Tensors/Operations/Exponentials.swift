internal import CKernels

/// What drawing from logits needs, on memory of its own.
package enum Exponentials {
    /// Replaces each x by eˣ.
    package static func replace(_ x: UnsafeMutableBufferPointer<Float>) {
        guard let start = x.baseAddress else { return }
        kernels.pointee.exponential(start, x.count)
    }

    /// The index of the largest of at least one number, the first of equals.
    package static func indexOfLargest(_ x: UnsafeBufferPointer<Float>) -> Int {
        guard let start = x.baseAddress else { return 0 }
        return kernels.pointee.argmax(start, x.count)
    }

    /// Where the running sum of weights that are not negative passes `chance`, in [0, 1), of the whole; nil where all are 0.
    package static func pick(_ weights: UnsafeBufferPointer<Float>, chance: Float) -> Int? {
        guard let start = weights.baseAddress else { return nil }
        let place = kernels.pointee.pick(start, weights.count, chance)
        return place < weights.count ? place : nil
    }
}
