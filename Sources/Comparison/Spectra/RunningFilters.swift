/// Filters that run over a sequence, which is mirrored at both ends: d c b a | a b c d | d c b a.
enum Running {
    /// The greatest of the `width` values around each, `width` odd.
    static func maximum(_ values: [Float], width: Int) -> [Float] {
        values.indices.map { i in
            (i - width / 2...i + width / 2).reduce(-Float.infinity) {
                max($0, values[mirrored($1, values.count)])
            }
        }
    }

    /// The mean of the `width` values around each, `width` odd.
    static func mean(_ values: [Float], width: Int) -> [Float] {
        guard !values.isEmpty else { return [] }
        var sum = (-width / 2...width / 2).reduce(0.0) { $0 + Double(values[mirrored($1, values.count)]) }
        return values.indices.map { i in
            defer {
                sum += Double(values[mirrored(i + width / 2 + 1, values.count)])
                sum -= Double(values[mirrored(i - width / 2, values.count)])
            }
            return Float(sum / Double(width))
        }
    }

    private static func mirrored(_ place: Int, _ count: Int) -> Int {
        let period = 2 * count
        let inside = ((place % period) + period) % period
        return inside < count ? inside : period - 1 - inside
    }
}
