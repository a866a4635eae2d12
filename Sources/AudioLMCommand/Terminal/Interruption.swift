import AudioFiles
import Dispatch
import Foundation

/// Turns SIGINT, SIGTERM and SIGHUP, where they are not ignored, into one call, and ends the process if that does not do
/// so at once.
struct Interruption {
    /// 128 + SIGINT, as shells count.
    static let exitCode: Int32 = 130
    /// Work that does not wait for input stops well within this time.
    private static let patience = DispatchTimeInterval.milliseconds(500)

    /// SIG_IGN as a number.
    private static let ignored = 1

    private let sources: [any DispatchSourceSignal]

    init(_ stop: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
            let before = signal(number, SIG_IGN)
            // As `nohup` starts a process, and a script one in the background.
            if unsafeBitCast(before, to: Int.self) == Self.ignored { return nil }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                stop()
                DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) {
                    UnfinishedFile.removeAll()
                    _exit(Self.exitCode)
                }
            }
            source.resume()
            return source
        }
    }

    /// Stops listening; signals that still come are ignored.
    func end() {
        for source in sources { source.cancel() }
    }
}
