/// A value that is made once, when it is first asked for or before, on whatever thread.
final class Deferred<Value> {
    private var result: Result<Value, any Error>?
    private let making: () throws -> Value

    init(_ making: @escaping () throws -> Value) { self.making = making }

    /// Makes the value, if it has not been made.
    func make() { _ = try? value }

    /// The value, or the error that came of making it.
    var value: Value {
        get throws {
            let result = result ?? Result(catching: making)
            self.result = result
            return try result.get()
        }
    }
}
