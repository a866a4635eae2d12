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
}
