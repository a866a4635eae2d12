import ArgumentParser

/// `--shard 3/8`: the third of eight parts.
struct Shard: ExpressibleByArgument, Equatable {
    let number: Int
    let count: Int

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1], count >= 1,
            (1...count).contains(number)
        else { return nil }
        self.number = number
        self.count = count
    }
}
