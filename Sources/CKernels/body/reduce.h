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

static float squared_distance(const float *x, const float *y, size_t n) {
    f32x16 sum = splat(0);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        const f32x16 difference = load(x + i) - load(y + i);
        sum = fma16(difference, difference, sum);
    }
    if (i < n) {
        const f32x16 difference = load_part(x + i, n - i) - load_part(y + i, n - i);
        sum = fma16(difference, difference, sum);
    }
    return fold(sum);
}

/* Folds four vectors at once, each in the order of fold(). */
ALWAYS_INLINE f32x4 fold_four(f32x16 a, f32x16 b, f32x16 c, f32x16 d) {
#define HALVES(v, w, ...) __builtin_shufflevector(v, w, __VA_ARGS__)
    const f32x16 ab = HALVES(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
                      HALVES(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    const f32x16 cd = HALVES(c, d, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
                      HALVES(c, d, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    const f32x16 quarters = HALVES(ab, cd, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
                            HALVES(ab, cd, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    const f32x8 pairs = HALVES(quarters, quarters, 0, 1, 4, 5, 8, 9, 12, 13) +
                        HALVES(quarters, quarters, 2, 3, 6, 7, 10, 11, 14, 15);
    return HALVES(pairs, pairs, 0, 2, 4, 6) + HALVES(pairs, pairs, 1, 3, 5, 7);
#undef HALVES
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

ALWAYS_INLINE float magnitude_of(const float *x, size_t n) {
    f32x16 top = splat(0);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        top = __builtin_elementwise_max(top, __builtin_elementwise_abs(load(x + i)));
    if (i < n) top = __builtin_elementwise_max(top, __builtin_elementwise_abs(load_part(x + i, n - i)));
    return __builtin_reduce_max(top);
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
