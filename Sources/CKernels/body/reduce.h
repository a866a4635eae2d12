/* Sums, dot products and maxima over sixteen lanes. */

ALWAYS_INLINE float sum_of(const float *x, size_t n) {
    f32x16 sum = splat(0);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) sum = sum + load(x + i);
    if (i < n) sum = sum + load_part(x + i, n - i);
    return fold(sum);
}

ALWAYS_INLINE float dot_of(const float *a, const float *b, size_t n) {
    f32x16 sum = splat(0);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) sum = fma16(load(a + i), load(b + i), sum);
    if (i < n) sum = fma16(load_part(a + i, n - i), load_part(b + i, n - i), sum);
    return fold(sum);
}

ALWAYS_INLINE float max_of(const float *x, size_t n) {
    float best = x[0];
    size_t i = 0;
    if (n >= LANES) {
        f32x16 top = load(x);
        for (i = LANES; i + LANES <= n; i += LANES) top = __builtin_elementwise_max(top, load(x + i));
        best = __builtin_reduce_max(top);
    }
    for (; i < n; ++i) best = x[i] > best ? x[i] : best;
    return best;
}

/* Replaces x by exp(x - max) and returns the sum. */
ALWAYS_INLINE float exponentials(float *x, size_t n) {
    const f32x16 top = splat(max_of(x, n));
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) store(x + i, exp16(load(x + i) - top));
    if (i < n) store_part(x + i, exp16(load_part(x + i, n - i) - top), n - i);
    return sum_of(x, n);
}

static size_t argmax(const float *x, size_t n) {
    const float best = max_of(x, n);
    for (size_t i = 0; i < n; ++i)
        if (x[i] == best) return i;
    return 0;
}
