/* Attention of a head's queries, four at a time; keys in ascending position, whatever their place in the ring. */

/* Keys, or blocks of sixteen values, whose sums for Q queries stay in registers. */
#define AT_ONCE(Q) (SUMS / (Q) < 4 ? SUMS / (Q) : 4)

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

/* Scores of Q queries and keys that lie one after the other in memory, a few at a time; a query's `stride` after the one
 * before. */
ALWAYS_INLINE void score_run(const int Q, const audiolm_attention *a, const float *q, const uint16_t *k, size_t count,
                             float *scores, size_t stride) {
    const int K = AT_ONCE(Q);
    const size_t dim = a->head_dim;
    size_t j = 0;
    if (dim % LANES == 0)
        for (; j + (size_t)K <= count; j += (size_t)K, k += (size_t)K * dim) {
            f32x16 sums[4][4] = {0};
            for (size_t d = 0; d < (size_t)K * dim; d += LINE_PAST) __builtin_prefetch(k + PREFETCH_PAST + d);
            for (size_t d = 0; d < dim; d += LANES) {
                f32x16 keys[4];
                _Pragma("unroll") for (int i = 0; i < K; ++i) keys[i] = widen_f16(k + (size_t)i * dim + d);
                _Pragma("unroll") for (int r = 0; r < Q; ++r) {
                    const f32x16 query = load(q + (size_t)r * a->q_stride + d);
                    _Pragma("unroll") for (int i = 0; i < K; ++i) sums[r][i] = fma16(query, keys[i], sums[r][i]);
                }
            }
#define SUM(i) sums[(i) / K][(i) % K]
            _Pragma("unroll") for (int i = 0; i < Q * K; i += 4) {
                const f32x4 folded = fold_four(SUM(i), SUM(i + 1), SUM(i + 2), SUM(i + 3));
                _Pragma("unroll") for (int n = 0; n < 4; ++n)
                    scores[(size_t)((i + n) / K) * stride + j + (size_t)((i + n) % K)] = folded[n] * a->score_scale;
            }
#undef SUM
        }
    for (; j < count; ++j, k += dim)
        for (size_t r = 0; r < (size_t)Q; ++r) scores[r * stride + j] = score(a, q + r * a->q_stride, k);
}

/* Adds p[j] * v[j] of consecutive values to B blocks of sixteen sums of each of Q queries. */
ALWAYS_INLINE void mix_run(const int Q, const int B, const audiolm_attention *a, const uint16_t *v, size_t count,
                           const float *p, size_t stride, f32x16 sums[AUDIOLM_QUERIES][4]) {
    for (size_t j = 0; j < count; ++j, v += a->head_dim) {
        for (int b = 0; b < B * LANES; b += LINE_PAST) __builtin_prefetch(v + PREFETCH_PAST + b);
        _Pragma("unroll") for (int b = 0; b < B; ++b) {
            const f32x16 value = widen_f16(v + b * LANES);
            _Pragma("unroll") for (int r = 0; r < Q; ++r)
                sums[r][b] = fma16(splat(p[(size_t)r * stride + j]), value, sums[r][b]);
        }
    }
}

/* Keys or values in two runs of consecutive ones, the second where the ring begins again. */
typedef struct {
    const uint16_t *first, *second;
    size_t first_count, second_count;
} past;

/* Adds p[j] * v[j] of the last head_dim % 16 dimensions of consecutive values, which begin at v, to sums. */
ALWAYS_INLINE f32x16 mix_tail_run(const audiolm_attention *a, const uint16_t *v, size_t count, const float *p, f32x16 sum) {
    for (size_t j = 0; j < count; ++j)
        sum = fma16(splat(p[j]), widen_part_f16(v + j * a->head_dim, a->head_dim % LANES), sum);
    return sum;
}

/* Keys or values that branches share, and then each branch's own, a branch's `next` numbers after the one before;
 * queries of one sequence own nothing. */
typedef struct {
    past shared;
    const uint16_t *own;
    size_t own_count, next;
} branched_past;

ALWAYS_INLINE void mix_blocks(const int Q, const int B, const audiolm_attention *a, branched_past v, size_t d,
                              const float *p, const float *norms, float *y) {
    const size_t before = v.shared.first_count + v.shared.second_count, stride = before + v.own_count;
    f32x16 sums[AUDIOLM_QUERIES][4] = {0};
    mix_run(Q, B, a, v.shared.first + d, v.shared.first_count, p, stride, sums);
    mix_run(Q, B, a, v.shared.second + d, v.shared.second_count, p + v.shared.first_count, stride, sums);
    _Pragma("unroll") for (size_t r = 0; r < (size_t)Q; ++r) {
        mix_run(1, B, a, v.own + r * v.next + d, v.own_count, p + r * stride + before, stride, sums + r);
        _Pragma("unroll") for (int b = 0; b < B; ++b)
            store(y + r * a->y_stride + d + (size_t)b * LANES, sums[r][b] * splat(norms[r]));
    }
}

/* The last head_dim % 16 dimensions of output r. */
ALWAYS_INLINE void mix_tail(const audiolm_attention *a, branched_past v, size_t r, size_t d, const float *p,
                            float norm, float *y) {
    const past shared = v.shared;
    f32x16 sum = mix_tail_run(a, shared.first + d, shared.first_count, p, splat(0));
    sum = mix_tail_run(a, shared.second + d, shared.second_count, p + shared.first_count, sum);
    sum = mix_tail_run(a, v.own + r * v.next + d, v.own_count, p + shared.first_count + shared.second_count, sum);
    store_part(y + d, sum * splat(norm), a->head_dim - d);
}

/* All dimensions of Q outputs. */
ALWAYS_INLINE void mix(const int Q, const audiolm_attention *a, branched_past v, const float *p, const float *norms, float *y) {
    const size_t dim = a->head_dim, count = v.shared.first_count + v.shared.second_count + v.own_count;
    const int B = AT_ONCE(Q);
    size_t d = 0;
    for (; d + (size_t)B * LANES <= dim; d += (size_t)B * LANES) mix_blocks(Q, B, a, v, d, p, norms, y);
    for (; d + LANES <= dim; d += LANES) mix_blocks(Q, 1, a, v, d, p, norms, y);
    for (size_t r = 0; d < dim && r < (size_t)Q; ++r) mix_tail(a, v, r, d, p + r * count, norms[r], y + r * a->y_stride);
}

/* Q consecutive queries, for which keys and values are converted once. What one of them does not see of what they see
 * together has no weight. */
ALWAYS_INLINE void attend(const int Q, const audiolm_attention *a, size_t query, size_t head, float *scores) {
    const size_t dim = a->head_dim, end = a->first_position + query + 1;
    const size_t begin = end > a->window ? end - a->window : 0;
    const size_t count = end + (size_t)Q - 1 - begin, slot = begin % a->capacity;
    const size_t run = a->capacity - slot < count ? a->capacity - slot : count;

    const float *q = a->q + query * a->q_stride + head * dim;
    const size_t ring = head * a->capacity;
    const uint16_t *k = a->k + ring * dim, *v = a->v + ring * dim;
    score_run(Q, a, q, k + slot * dim, run, scores, count);
    score_run(Q, a, q, k, count - run, scores + run, count);
    float norms[AUDIOLM_QUERIES];
    for (size_t r = 0; r < (size_t)Q; ++r) {
        const size_t seen_end = end + r - begin, seen_begin = seen_end > a->window ? seen_end - a->window : 0;
        float *p = scores + r * count;
        norms[r] = 1.0f / exponentials(p + seen_begin, seen_end - seen_begin);
        for (size_t j = 0; j < seen_begin; ++j) p[j] = 0;
        for (size_t j = seen_end; j < count; ++j) p[j] = 0;
    }

    const branched_past values = {{v + slot * dim, v, run, count - run}, v, 0, 0};
    mix(Q, a, values, scores, norms, a->y + query * a->y_stride + head * dim);
}

static void attention(const audiolm_attention *a, size_t query_begin, size_t query_end, size_t head_begin,
                      size_t head_end, float *scores) {
    for (size_t head = head_begin; head < head_end; ++head) {
        size_t query = query_begin;
        for (; query + AUDIOLM_QUERIES <= query_end; query += AUDIOLM_QUERIES) attend(AUDIOLM_QUERIES, a, query, head, scores);
        for (; query < query_end; ++query) attend(1, a, query, head, scores);
    }
}

/* Q consecutive branches, for which the keys and values that they share are converted once. */
ALWAYS_INLINE void attend_branches(const int Q, const audiolm_branched_attention *b, size_t branch, size_t head,
                                   float *scores) {
    const audiolm_attention *a = &b->shared;
    const size_t dim = a->head_dim, end = a->first_position + 1;
    const size_t begin = end > a->window ? end - a->window : 0, count = end - begin;
    const size_t shared = b->branched > begin ? b->branched - begin : 0;
    const size_t slot = begin % a->capacity;
    const size_t run = a->capacity - slot < shared ? a->capacity - slot : shared;

    const size_t ring = head * a->capacity * dim, next = b->heads * b->branch_capacity * dim;
    /* The first branch's first position of its own that the window reaches. */
    const size_t first = ((branch * b->heads + head) * b->branch_capacity + begin + shared - b->branched) * dim;
    const float *q = a->q + branch * a->q_stride + head * dim;
    const uint16_t *k = a->k + ring, *v = a->v + ring;
    score_run(Q, a, q, k + slot * dim, run, scores, count);
    score_run(Q, a, q, k, shared - run, scores + run, count);
    float norms[AUDIOLM_QUERIES];
    for (size_t r = 0; r < (size_t)Q; ++r) {
        float *p = scores + r * count;
        score_run(1, a, q + r * a->q_stride, b->branch_k + first + r * next, count - shared, p + shared, count);
        norms[r] = 1.0f / exponentials(p, count);
    }

    const branched_past values = {{v + slot * dim, v, run, shared - run}, b->branch_v + first, count - shared, next};
    mix(Q, a, values, scores, norms, a->y + branch * a->y_stride + head * dim);
}

static void branched_attention(const audiolm_branched_attention *b, size_t begin, size_t end, size_t head_begin,
                               size_t head_end, float *scores) {
    for (size_t head = head_begin; head < head_end; ++head) {
        size_t branch = begin;
        for (; branch + AUDIOLM_QUERIES <= end; branch += AUDIOLM_QUERIES) attend_branches(AUDIOLM_QUERIES, b, branch, head, scores);
        for (; branch < end; ++branch) attend_branches(1, b, branch, head, scores);
    }
}
