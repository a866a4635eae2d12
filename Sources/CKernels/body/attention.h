/* Attention of one query and head at a time; keys in ascending position, whatever their place in the ring. */

/* Numbers of keys or values that are fetched ahead of their use, and those of a cache line. */
#define PREFETCH_PAST 1024
#define LINE_PAST 32

static void halves(const float *x, size_t n, uint16_t *half) {
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) *(f16x16_unaligned *)(half + i) = narrow_f16(load(x + i));
    if (i < n) {
        const f16x16 rest = narrow_f16(load_part(x + i, n - i));
        memcpy(half + i, &rest, (n - i) * sizeof *half);
    }
}

/* The score of one key. */
ALWAYS_INLINE float score(const audiolm_attention *a, const float *q, const uint16_t *k) {
    const size_t dim = a->head_dim;
    f32x16 sum = splat(0);
    size_t d = 0;
    for (; d + LANES <= dim; d += LANES) sum = fma16(load(q + d), widen_f16(k + d), sum);
    if (d < dim) sum = fma16(load_part(q + d, dim - d), widen_part_f16(k + d, dim - d), sum);
    return fold(sum) * a->score_scale;
}

/* Scores of keys that lie one after the other in memory, four at a time. */
ALWAYS_INLINE void score_run(const audiolm_attention *a, const float *q, const uint16_t *k, size_t count,
                             float *scores) {
    const size_t dim = a->head_dim;
    size_t j = 0;
    if (dim % LANES == 0)
        for (; j + 4 <= count; j += 4, k += 4 * dim) {
            f32x16 sums[4] = {splat(0), splat(0), splat(0), splat(0)};
            for (size_t d = 0; d < 4 * dim; d += LINE_PAST) __builtin_prefetch(k + PREFETCH_PAST + d);
            for (size_t d = 0; d < dim; d += LANES) {
                const f32x16 query = load(q + d);
                _Pragma("unroll") for (size_t i = 0; i < 4; ++i)
                    sums[i] = fma16(query, widen_f16(k + i * dim + d), sums[i]);
            }
            const f32x4 folded = fold_four(sums[0], sums[1], sums[2], sums[3]);
            for (size_t i = 0; i < 4; ++i) scores[j + i] = folded[i] * a->score_scale;
        }
    for (; j < count; ++j, k += dim) scores[j] = score(a, q, k);
}

/* Adds p[j] * v[j] of consecutive values to B blocks of sixteen sums. */
ALWAYS_INLINE void mix_run(const int B, const audiolm_attention *a, const uint16_t *v, size_t count,
                           const float *p, f32x16 *sums) {
    for (size_t j = 0; j < count; ++j, v += a->head_dim) {
        for (int b = 0; b < B * LANES; b += LINE_PAST) __builtin_prefetch(v + PREFETCH_PAST + b);
        _Pragma("unroll") for (int b = 0; b < B; ++b)
            sums[b] = fma16(splat(p[j]), widen_f16(v + b * LANES), sums[b]);
    }
}

ALWAYS_INLINE void mix(const int B, const audiolm_attention *a, const uint16_t *first, size_t first_count,
                       const uint16_t *second, size_t second_count, const float *p, float norm, float *y) {
    f32x16 sums[4];
    _Pragma("unroll") for (int b = 0; b < B; ++b) sums[b] = splat(0);
    mix_run(B, a, first, first_count, p, sums);
    mix_run(B, a, second, second_count, p + first_count, sums);
    _Pragma("unroll") for (int b = 0; b < B; ++b) store(y + b * LANES, sums[b] * splat(norm));
}

/* The last head_dim % 16 dimensions. */
ALWAYS_INLINE void mix_tail(const audiolm_attention *a, const uint16_t *first, size_t first_count,
                            const uint16_t *second, size_t second_count, const float *p, float norm, float *y,
                            size_t width) {
    f32x16 sum = splat(0);
    for (size_t j = 0; j < first_count; ++j)
        sum = fma16(splat(p[j]), widen_part_f16(first + j * a->head_dim, width), sum);
    for (size_t j = 0; j < second_count; ++j)
        sum = fma16(splat(p[first_count + j]), widen_part_f16(second + j * a->head_dim, width), sum);
    store_part(y, sum * splat(norm), width);
}

ALWAYS_INLINE void attend(const audiolm_attention *a, size_t query, size_t head, float *scores) {
    const size_t dim = a->head_dim, end = a->first_position + query + 1;
    const size_t begin = end > a->window ? end - a->window : 0;
    const size_t count = end - begin, slot = begin % a->capacity;
    const size_t run = a->capacity - slot < count ? a->capacity - slot : count;

    const float *q = a->q + query * a->q_stride + head * dim;
    const size_t ring = head * a->capacity;
    const uint16_t *k = a->k + ring * dim, *v = a->v + ring * dim;
    score_run(a, q, k + slot * dim, run, scores);
    score_run(a, q, k, count - run, scores + run);
    const float norm = 1.0f / exponentials(scores, count);

    float *y = a->y + query * a->y_stride + head * dim;
    const uint16_t *first = v + slot * dim;
    size_t d = 0;
    for (; d + 4 * LANES <= dim; d += 4 * LANES)
        mix(4, a, first + d, run, v + d, count - run, scores, norm, y + d);
    for (; d + LANES <= dim; d += LANES) mix(1, a, first + d, run, v + d, count - run, scores, norm, y + d);
    if (d < dim) mix_tail(a, first + d, run, v + d, count - run, scores, norm, y + d, dim - d);
}

static void attention(const audiolm_attention *a, size_t query_begin, size_t query_end, size_t head_begin,
                      size_t head_end, float *scores) {
    for (size_t head = head_begin; head < head_end; ++head)
        for (size_t query = query_begin; query < query_end; ++query) attend(a, query, head, scores);
}
