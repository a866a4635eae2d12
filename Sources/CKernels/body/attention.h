/* Attention of a head's queries, four at a time, over keys and values in bytes: as products of whole numbers, whose sums do
 * not depend on the order. */

/* Sums of Q queries that stay in registers side by side, and how often over where they are few and would wait for
 * themselves. */
#define AT_ONCE(Q) (SUMS / (Q) < 4 ? SUMS / (Q) : 4)
#define TWICE(Q) (2 * (Q) * AT_ONCE(Q) <= SUMS ? 2 : 1)

/* Consecutive blocks of sixteen places of a past, from place `at` on, heads counted. */
typedef struct {
    const audiolm_past *past;
    size_t at, count;
} blocks;

/* Queries as rows of `width` numbers of seven bits, 64 higher, and what a product with a key's byte of scale 1 is worth. */
typedef struct {
    const uint8_t *numbers;
    size_t width;
    float scale[AUDIOLM_QUERIES];
} rounded_queries;

/* Scores of Q queries from `first` on and K blocks of keys; a query's `stride` after the one before. */
ALWAYS_INLINE void score_some(const int Q, const int K, const rounded_queries *q, size_t first, const audiolm_past *past,
                              size_t at, float *scores, size_t stride) {
    const size_t width = q->width;
    const int8_t *keys = past->keys + at * width;
    const uint8_t *numbers = q->numbers + first * width;
    i32x16 sums[4][4] = {0};
    for (size_t i = 0; i < width; i += 4, keys += 4 * LANES) {
        _Pragma("unroll") for (int r = 0; r < Q; ++r)
            _Pragma("unroll") for (int k = 0; k < K; ++k)
                sums[r][k] = add_four_i7(sums[r][k], keys + (size_t)k * LANES * width, numbers + (size_t)r * width + i);
    }
    _Pragma("unroll") for (int k = 0; k < K; ++k) {
        const size_t place = at + (size_t)k * LANES;
        const i32x16 raised = *(const i32x16_unaligned *)(past->key_sums + place) * 64;
        const f32x16 scale = load(past->key_scale + place);
        _Pragma("unroll") for (int r = 0; r < Q; ++r)
            store(scores + (size_t)r * stride + (size_t)k * LANES,
                  __builtin_convertvector(sums[r][k] - raised, f32x16) * (scale * splat(q->scale[first + (size_t)r])));
    }
}

ALWAYS_INLINE void score(const int Q, const rounded_queries *q, size_t first, blocks keys, float *scores, size_t stride) {
    size_t b = 0;
    for (; b + AT_ONCE(Q) <= keys.count; b += AT_ONCE(Q))
        score_some(Q, AT_ONCE(Q), q, first, keys.past, keys.at + b * LANES, scores + b * LANES, stride);
    for (; b < keys.count; ++b) score_some(Q, 1, q, first, keys.past, keys.at + b * LANES, scores + b * LANES, stride);
}

/* Adds the products of Q queries' weights and B times sixteen dimensions of values. */
ALWAYS_INLINE void mix_some(const int Q, const int B, blocks values, size_t d, const uint8_t *weights, size_t stride,
                            i32x16 sums[AUDIOLM_QUERIES][4]) {
    const size_t width = values.past->width, step = 4 * width;
    const int8_t *v = values.past->values + values.at * width + d * 4;
    i32x16 parts[2][AUDIOLM_QUERIES][4] = {0};
    for (size_t j = 0; j < values.count * LANES; j += 4 * (size_t)TWICE(Q))
        _Pragma("unroll") for (int part = 0; part < TWICE(Q); ++part, v += step) {
            _Pragma("unroll") for (int b = 0; b < B; ++b)
                _Pragma("unroll") for (int r = 0; r < Q; ++r)
                    parts[part][r][b] = add_four_i7(parts[part][r][b], v + b * 4 * LANES,
                                                    weights + (size_t)r * stride + j + (size_t)(4 * part));
        }
    _Pragma("unroll") for (int b = 0; b < B; ++b)
        _Pragma("unroll") for (int r = 0; r < Q; ++r) sums[r][b] += parts[0][r][b] + parts[1][r][b];
}

/* What Q queries see: blocks of a ring in two runs, the second where it begins again, and blocks of each one's own, from
 * the block `own_first` of all on and `own_next` places after the one before. */
typedef struct {
    blocks runs[2], own;
    size_t own_first, own_next;
} seen;

ALWAYS_INLINE blocks own_blocks(const seen *s, size_t r) {
    return (blocks){s->own.past, s->own.at + r * s->own_next, s->own.count};
}

/* B times sixteen dimensions of Q outputs. */
ALWAYS_INLINE void mix_blocks(const int Q, const int B, const seen *s, size_t d, const uint8_t *weights,
                              const uint8_t *own_weights, size_t span, const float *steps, const audiolm_attention *a, float *y) {
    i32x16 sums[AUDIOLM_QUERIES][4] = {0};
    mix_some(Q, B, s->runs[0], d, weights, span, sums);
    mix_some(Q, B, s->runs[1], d, weights + s->runs[0].count * LANES, span, sums);
    for (size_t r = 0; r < (size_t)Q; ++r) {
        if (s->own.count) mix_some(1, B, own_blocks(s, r), d, own_weights + r * span, span, sums + r);
        for (size_t b = 0; b < (size_t)B; ++b)
            store_up_to(y + r * a->y_stride + d + b * LANES, __builtin_convertvector(sums[r][b], f32x16) * splat(steps[r]),
                        a->head_dim - d - b * LANES);
    }
}

ALWAYS_INLINE void copy_scales(blocks b, float *scales) {
    memcpy(scales, b.past->value_scale + b.at, b.count * LANES * sizeof *scales);
}

/* Makes weights of the scores [begin, end) among `span`, those outside being none; returns what a product of a weight with a
 * value's byte is worth. */
ALWAYS_INLINE float weigh(float *scores, const float *scales, size_t begin, size_t end, size_t span, uint8_t *weights) {
    const float norm = 1.0f / exponentials(scores + begin, end - begin);
    for (size_t j = 0; j < begin; ++j) scores[j] = 0;
    for (size_t j = end; j < span; ++j) scores[j] = 0;
    f32x16 tops = splat(0);
    for (size_t j = 0; j < span; j += LANES) {
        const f32x16 weight = load(scores + j) * load(scales + j);
        store(scores + j, weight);
        tops = greater(weight, tops);
    }
    float step;
    const f32x16 factor = splat(whole_factor(greatest(tops), WEIGHT_TOP, &step));
    for (size_t j = 0; j < span; j += LANES)
        *(u8x16_unaligned *)(weights + j) = __builtin_convertvector(
            __builtin_convertvector(__builtin_elementwise_roundeven(load(scores + j) * factor), i32x16), u8x16_unaligned);
    return step * norm;
}

/* Attention of Q queries, which lie from q on, to what they see: of `span` places those from begin[r] to end[r]. The first
 * `shared` of them are the ring's. */
ALWAYS_INLINE void attend(const int Q, const audiolm_attention *a, const seen *s, const float *q, float *y,
                          const size_t begin[AUDIOLM_QUERIES], const size_t end[AUDIOLM_QUERIES], size_t span, size_t shared,
                          void *scratch) {
    float *scores = scratch, *scales = scores + (size_t)Q * span;
    uint8_t *weights = (uint8_t *)(scales + span), *own_weights = weights + (size_t)Q * span;
    uint8_t *numbers = own_weights + (size_t)Q * span;
    rounded_queries rounded = {numbers, a->past.width, {0}};
    seven_bits(&(audiolm_seven_bits){q, a->q_stride, a->head_dim, a->past.width, numbers, rounded.scale, NULL, NULL}, 0,
               (size_t)Q);
    for (size_t r = 0; r < (size_t)Q; ++r) rounded.scale[r] = rounded.scale[r] * a->score_scale;

    const size_t first_run = s->runs[0].count * LANES, own_first = s->own_first * LANES;
    score(Q, &rounded, 0, s->runs[0], scores, span);
    score(Q, &rounded, 0, s->runs[1], scores + first_run, span);
    copy_scales(s->runs[0], scales);
    copy_scales(s->runs[1], scales + first_run);
    float steps[AUDIOLM_QUERIES];
    for (size_t r = 0; r < (size_t)Q; ++r) {
        float *own = scores + r * span;
        if (s->own.count) {
            /* The block that is the ring's in part. */
            float kept[2][LANES];
            const size_t part = shared > own_first ? shared - own_first : 0;
            memcpy(kept[0], own + own_first, part * sizeof(float));
            memcpy(kept[1], scales + own_first, part * sizeof(float));
            score(1, &rounded, r, own_blocks(s, r), own + own_first, span);
            copy_scales(own_blocks(s, r), scales + own_first);
            memcpy(own + own_first, kept[0], part * sizeof(float));
            memcpy(scales + own_first, kept[1], part * sizeof(float));
        }
        steps[r] = weigh(own, scales, begin[r], end[r], span, weights + r * span);
        if (s->own.count) {
            uint8_t *w = weights + r * span, *rest = own_weights + r * span;
            memcpy(rest, w + own_first, span - own_first);
            for (size_t j = own_first; j < shared; ++j) rest[j - own_first] = 0;
            for (size_t j = shared; j < first_run + s->runs[1].count * LANES; ++j) w[j] = 0;
        }
    }

    const int B = AT_ONCE(Q);
    size_t d = 0;
    for (; d + (size_t)B * LANES <= a->past.width; d += (size_t)B * LANES)
        mix_blocks(Q, B, s, d, weights, own_weights, span, steps, a, y);
    for (; d < a->past.width; d += LANES) mix_blocks(Q, 1, s, d, weights, own_weights, span, steps, a, y);
}

/* The blocks of a head's ring that hold the positions from `begin`, which begins one, to `end`. */
ALWAYS_INLINE void see_ring(const audiolm_past *past, size_t head, size_t begin, size_t end, blocks runs[2]) {
    const size_t count = end > begin ? (end - begin + LANES - 1) / LANES : 0, slot = begin % past->capacity;
    const size_t left = (past->capacity - slot) / LANES, first = left < count ? left : count;
    runs[0] = (blocks){past, head * past->capacity + slot, first};
    runs[1] = (blocks){past, head * past->capacity, count - first};
}

/* Q consecutive queries, for which keys and values are read once. */
ALWAYS_INLINE void attend_queries(const int Q, const audiolm_attention *a, size_t query, size_t head, void *scratch) {
    const size_t first = a->first_position + query, last = a->window ? first + (size_t)Q : a->first_position;
    const size_t from = a->window && first + 1 > a->window ? (first + 1 - a->window) / LANES * LANES : 0;
    seen s = {.own = {&a->past, 0, 0}};
    see_ring(&a->past, head, from, last, s.runs);
    size_t begin[AUDIOLM_QUERIES], end[AUDIOLM_QUERIES];
    for (size_t r = 0; r < (size_t)Q; ++r) {
        const size_t next = a->window ? first + r + 1 : last;
        begin[r] = a->window && next > a->window ? next - a->window - from : 0;
        end[r] = next - from;
    }
    const size_t span = (last - from + LANES - 1) / LANES * LANES;
    attend(Q, a, &s, a->q + query * a->q_stride + head * a->head_dim, a->y + query * a->y_stride + head * a->head_dim, begin, end,
           span, span, scratch);
}

static void attention(const audiolm_attention *a, size_t query_begin, size_t query_end, size_t head_begin, size_t head_end,
                      void *scratch) {
    for (size_t head = head_begin; head < head_end; ++head) {
        size_t query = query_begin;
        for (; query + AUDIOLM_QUERIES <= query_end; query += AUDIOLM_QUERIES)
            attend_queries(AUDIOLM_QUERIES, a, query, head, scratch);
        for (; query < query_end; ++query) attend_queries(1, a, query, head, scratch);
    }
}

/* Q consecutive branches, for which the keys and values that they share are read once. */
ALWAYS_INLINE void attend_branches(const int Q, const audiolm_branched_attention *b, size_t branch, size_t head, void *scratch) {
    const audiolm_attention *a = &b->shared;
    const size_t next = a->first_position + 1, since = next > a->window ? next - a->window : 0;
    const size_t from = since / LANES * LANES, own_from = b->branched / LANES * LANES;
    /* The first block of a branch's own that the window reaches. */
    const size_t own_begin = from > own_from ? from : own_from;
    const size_t shared = b->branched > from ? b->branched - from : 0;
    seen s = {.own_first = (own_begin - from) / LANES, .own_next = b->heads * b->own.capacity};
    s.own = (blocks){&b->own, (branch * b->heads + head) * b->own.capacity + own_begin - own_from,
                     (next - own_begin + LANES - 1) / LANES};
    see_ring(&a->past, head, from, from + shared, s.runs);
    size_t begin[AUDIOLM_QUERIES], end[AUDIOLM_QUERIES];
    for (size_t r = 0; r < (size_t)Q; ++r) {
        begin[r] = since - from;
        end[r] = next - from;
    }
    attend(Q, a, &s, a->q + branch * a->q_stride + head * a->head_dim, a->y + branch * a->y_stride + head * a->head_dim, begin,
           end, (next - from + LANES - 1) / LANES * LANES, shared, scratch);
}

static void branched_attention(const audiolm_branched_attention *b, size_t begin, size_t end, size_t head_begin,
                               size_t head_end, void *scratch) {
    for (size_t head = head_begin; head < head_end; ++head) {
        size_t branch = begin;
        for (; branch + AUDIOLM_QUERIES <= end; branch += AUDIOLM_QUERIES)
            attend_branches(AUDIOLM_QUERIES, b, branch, head, scratch);
        for (; branch < end; ++branch) attend_branches(1, b, branch, head, scratch);
    }
}
