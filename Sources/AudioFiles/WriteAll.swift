import Foundation

/// Writes all of `bytes`; false, with `errno` telling why, where `descriptor` does not take them.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
        let count = write(descriptor, rest.baseAddress, rest.count)
        if count > 0 {
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        } else if count == 0 || errno != EINTR {
            return false
        }
    }
    return true
}
