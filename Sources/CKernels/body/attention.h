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
 * the block `own_first` of all on and `own_next` places after the one before. Of the first of these `ring_part` places, less
 * than sixteen, are the ring's. */
typedef struct {
    blocks runs[2], own;
    size_t own_first, own_next, ring_part;
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

/* Rows of Q queries, `span` numbers each, a multiple of sixteen: their scores, what becomes of these, and the scales of the
 * values that they are for. Those outside begin[r] to end[r] are not seen. */
typedef struct {
    float *scores, *scales;
    uint8_t *weights;
    size_t span;
    size_t begin[AUDIOLM_QUERIES], end[AUDIOLM_QUERIES];
} score_rows;

/* Sets a row's scores that are not seen. */
ALWAYS_INLINE void hide(const score_rows *rows, size_t r, float hidden) {
    float *x = rows->scores + r * rows->span;
    const size_t begin = rows->begin[r], end = rows->end[r];
    for (size_t j = 0; j < begin; j += LANES)
        store(x + j, until(begin - j, splat(hidden), load(x + j)));
    for (size_t j = end / LANES * LANES; j < rows->span; j += LANES)
        store(x + j, end > j ? until(end - j, load(x + j), splat(hidden)) : splat(hidden));
}

/* Makes weights of scores; steps[r] is what a product of a weight with a value's byte is worth. Rows keep step, so that none
 * has to wait for its own sums. */
ALWAYS_INLINE void weigh(const int Q, const score_rows *rows, float steps[AUDIOLM_QUERIES]) {
    const size_t span = rows->span;
    f32x16 tops[AUDIOLM_QUERIES], sums[AUDIOLM_QUERIES];
#define EACH_ROW _Pragma("unroll") for (size_t r = 0; r < (size_t)Q; ++r)
#define EACH_BLOCK for (size_t j = 0; j < span; j += LANES)
    EACH_ROW hide(rows, r, -INFINITY);
    EACH_ROW tops[r] = splat(-INFINITY);
    EACH_BLOCK EACH_ROW tops[r] = greater(load(rows->scores + r * span + j), tops[r]);
    EACH_ROW tops[r] = splat(greatest(tops[r]));
    EACH_BLOCK EACH_ROW {
        float *score = rows->scores + r * span + j;
        store(score, exp16(load(score) - tops[r]));
    }
    EACH_ROW hide(rows, r, 0);
    EACH_ROW sums[r] = tops[r] = splat(0);
    EACH_BLOCK EACH_ROW {
        float *score = rows->scores + r * span + j;
        sums[r] = sums[r] + load(score);
        const f32x16 weight = load(score) * load(rows->scales + r * span + j);
        store(score, weight);
        tops[r] = greater(weight, tops[r]);
    }
    f32x16 factors[AUDIOLM_QUERIES];
    EACH_ROW {
        factors[r] = splat(whole_factor(greatest(tops[r]), WEIGHT_TOP, steps + r));
        steps[r] = steps[r] * (1.0f / fold(sums[r]));
    }
    EACH_BLOCK EACH_ROW store_bytes(rows->weights + r * span + j, nearest(load(rows->scores + r * span + j) * factors[r]));
#undef EACH_ROW
#undef EACH_BLOCK
}

ALWAYS_INLINE void copy_scales(blocks b, float *scales) {
    for (size_t j = 0; j < b.count * LANES; j += LANES) store(scales + j, load(b.past->value_scale + b.at + j));
}

/* Scores and scales of a row's own blocks. */
ALWAYS_INLINE void score_own(const rounded_queries *q, const seen *s, size_t r, const score_rows *rows) {
    const size_t first = r * rows->span + s->own_first * LANES;
    float *scores = rows->scores + first, *scales = rows->scales + first;
    const f32x16 ring_scores = load(scores), ring_scales = load(scales);
    score(1, q, r, own_blocks(s, r), scores, rows->span);
    copy_scales(own_blocks(s, r), scales);
    store(scores, until(s->ring_part, ring_scores, load(scores)));
    store(scales, until(s->ring_part, ring_scales, load(scales)));
}

/* Moves the weights of own places away from those of the ring's. */
ALWAYS_INLINE void part_own(const seen *s, uint8_t *weights, uint8_t *own) {
    for (size_t b = 0; b < s->own.count; ++b) {
        const size_t part = b == 0 ? s->ring_part : 0;
        u8x16_unaligned *all = (u8x16_unaligned *)(weights + (s->own_first + b) * LANES);
        const u8x16 of_ring = (u8x16){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} < (u8x16){0} + (uint8_t)part;
        *(u8x16_unaligned *)(own + b * LANES) = *all & ~of_ring;
        *all = *all & of_ring;
    }
}

/* Attention of Q queries, which lie from q on, to what they see: of `span` places those from begin[r] to end[r]. */
ALWAYS_INLINE void attend(const int Q, const audiolm_attention *a, const seen *s, const float *q, float *y, score_rows *rows,
                          void *scratch) {
    const size_t span = rows->span, size = (size_t)Q * span;
    rows->scores = scratch;
    rows->scales = rows->scores + size;
    rows->weights = (uint8_t *)(rows->scales + size);
    uint8_t *own_weights = rows->weights + size, *numbers = own_weights + size;
    rounded_queries rounded = {numbers, a->past.width, {0}};
    seven_bits(&(audiolm_seven_bits){q, a->q_stride, a->head_dim, a->past.width, numbers, rounded.scale, NULL, NULL}, 0,
               (size_t)Q);
    for (size_t r = 0; r < (size_t)Q; ++r) rounded.scale[r] = rounded.scale[r] * a->score_scale;

    const size_t first_run = s->runs[0].count * LANES;
    score(Q, &rounded, 0, s->runs[0], rows->scores, span);
    score(Q, &rounded, 0, s->runs[1], rows->scores + first_run, span);
    for (size_t r = 0; r < (size_t)Q; ++r) {
        copy_scales(s->runs[0], rows->scales + r * span);
        copy_scales(s->runs[1], rows->scales + r * span + first_run);
        if (s->own.count) score_own(&rounded, s, r, rows);
    }
    float steps[AUDIOLM_QUERIES];
    weigh(Q, rows, steps);
    for (size_t r = 0; r < (size_t)Q; ++r) part_own(s, rows->weights + r * span, own_weights + r * span);

    const int B = AT_ONCE(Q);
    size_t d = 0;
    for (; d + (size_t)B * LANES <= a->past.width; d += (size_t)B * LANES)
        mix_blocks(Q, B, s, d, rows->weights, own_weights, span, steps, a, y);
    for (; d < a->past.width; d += LANES) mix_blocks(Q, 1, s, d, rows->weights, own_weights, span, steps, a, y);
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
    score_rows rows = {.span = (last - from + LANES - 1) / LANES * LANES};
    for (size_t r = 0; r < (size_t)Q; ++r) {
        const size_t next = a->window ? first + r + 1 : last;
        rows.begin[r] = a->window && next > a->window ? next - a->window - from : 0;
        rows.end[r] = next - from;
    }
    attend(Q, a, &s, a->q + query * a->q_stride + head * a->head_dim, a->y + query * a->y_stride + head * a->head_dim, &rows,
           scratch);
}

static void attention(const audiolm_attention *a, size_t query_begin, size_t query_end, size_t head_begin, size_t head_end,
                      void *scratch) {
    for (size_t head = head_begin; head < head_end; ++head) {
        size_t query = query_begin;
        for (; query + AUDIOLM_QUERIES <= query_end; query += AUDIOLM_QUERIES)
            attend_queries(AUDIOLM_QUERIES, a, query, head, scratch);
        if (query < query_end && query_begin + AUDIOLM_QUERIES <= query_end) {
            /* Some once more: sooner done than the rest one by one. */
            attend_queries(AUDIOLM_QUERIES, a, query_end - AUDIOLM_QUERIES, head, scratch);
            continue;
        }
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
    seen s = {.own_first = (own_begin - from) / LANES, .own_next = b->heads * b->own.capacity,
              .ring_part = shared ? b->branched % LANES : 0};
    s.own = (blocks){&b->own, (branch * b->heads + head) * b->own.capacity + own_begin - own_from,
                     (next - own_begin + LANES - 1) / LANES};
    see_ring(&a->past, head, from, from + shared, s.runs);
    score_rows rows = {.span = (next - from + LANES - 1) / LANES * LANES};
    for (size_t r = 0; r < (size_t)Q; ++r) {
        rows.begin[r] = since - from;
        rows.end[r] = next - from;
    }
    attend(Q, a, &s, a->q + branch * a->q_stride + head * a->head_dim, a->y + branch * a->y_stride + head * a->head_dim, &rows,
           scratch);
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
