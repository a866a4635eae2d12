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

/* The greatest of the first n numbers, a multiple of 64, or of their magnitudes: four at a time, which do not wait for one
 * another. */
ALWAYS_INLINE f32x16 greatest_of_many(const float *x, size_t n, const int magnitudes, f32x16 least) {
    f32x16 tops[4] = {least, least, least, least};
    for (size_t i = 0; i < n; i += 4 * LANES)
        _Pragma("unroll") for (size_t k = 0; k < 4; ++k) {
            const f32x16 next = load(x + i + k * LANES);
            tops[k] = greater(magnitudes ? __builtin_elementwise_abs(next) : next, tops[k]);
        }
    return greater(greater(tops[0], tops[1]), greater(tops[2], tops[3]));
}

ALWAYS_INLINE float max_of(const float *x, size_t n) {
    float best = -INFINITY;
    size_t i = n / (4 * LANES) * (4 * LANES);
    if (n >= LANES) {
        f32x16 top = greatest_of_many(x, i, 0, splat(-INFINITY));
        for (; i + LANES <= n; i += LANES) top = greater(load(x + i), top);
        best = greatest(top);
    }
    for (; i < n; ++i) best = x[i] > best ? x[i] : best;
    return best;
}

ALWAYS_INLINE float magnitude_of(const float *x, size_t n) {
    size_t i = n / (4 * LANES) * (4 * LANES);
    f32x16 top = greatest_of_many(x, i, 1, splat(0));
    for (; i + LANES <= n; i += LANES) top = greater(__builtin_elementwise_abs(load(x + i)), top);
    if (i < n) top = greater(__builtin_elementwise_abs(load_part(x + i, n - i)), top);
    return greatest(top);
}

/* The factor that makes whole numbers of `top` at most of numbers whose greatest magnitude is `magnitude`, and its inverse. */
ALWAYS_INLINE float whole_factor(float magnitude, float top, float *scale) {
    const int silent = magnitude < FIXED_SILENCE;
    *scale = silent ? 0 : magnitude / top;
    return silent ? 0 : top / magnitude;
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
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        if (__builtin_reduce_or(load(x + i) == splat(best))) break;
    for (; i < n; ++i)
        if (x[i] == best) return i;
    return 0;
}

ALWAYS_INLINE float sum_of_block(const float *x, size_t left) { return fold(left >= LANES ? load(x) : load_part(x, left)); }

static size_t pick(const float *weights, size_t n, float chance) { return pick_by(sum_of_block, weights, n, chance); }
