/* Attention in plain C: one query after another, one position after another. */

/* What is no number counts for nothing. */
static int ref_whole(float x) { return isfinite(x) ? (int)rintf(x) : 0; }

/* Number d of the key or value in a place, heads counted. */
static int8_t *ref_key(const audiolm_past *past, size_t at, size_t d) {
    return past->keys + at / AUDIOLM_LANES * AUDIOLM_LANES * past->width + d / 4 * 4 * AUDIOLM_LANES +
           at % AUDIOLM_LANES * 4 + d % 4;
}
static int8_t *ref_value(const audiolm_past *past, size_t at, size_t d) {
    return past->values + at / 4 * 4 * past->width + d * 4 + at % 4;
}

static void remember(const audiolm_past *past, size_t head, size_t position, size_t count, const float *keys,
                     const float *values, size_t stride, size_t dim) {
    for (size_t row = 0; row < count; ++row, keys += stride, values += stride) {
        const size_t at = head * past->capacity + (position + row) % past->capacity;
        const float key_factor = ref_factor(ref_magnitude(keys, dim), BYTE_TOP, past->key_scale + at);
        const float value_factor = ref_factor(ref_magnitude(values, dim), BYTE_TOP, past->value_scale + at);
        past->key_sums[at] = 0;
        for (size_t d = 0; d < past->width; ++d) {
            *ref_key(past, at, d) = (int8_t)(d < dim ? ref_whole(keys[d] * key_factor) : 0);
            *ref_value(past, at, d) = (int8_t)(d < dim ? ref_whole(values[d] * value_factor) : 0);
            past->key_sums[at] += *ref_key(past, at, d);
        }
    }
}

/* Where a position's key and value are: in the ring, or from `branched` on in a past of its own. */
typedef struct {
    const audiolm_past *ring, *own;
    size_t ring_at, own_at, branched;
} ref_past;

static const audiolm_past *ref_place(const ref_past *p, size_t position, size_t *at) {
    if (position < p->branched) {
        *at = p->ring_at + position % p->ring->capacity;
        return p->ring;
    }
    *at = p->own_at + position - p->branched + p->branched % AUDIOLM_LANES;
    return p->own;
}

/* One query of a head at a position. */
static void ref_attend(const audiolm_attention *a, const ref_past *past, const float *q, size_t position, float *y, float *scores) {
    const size_t dim = a->head_dim, end = a->window ? position + 1 : a->first_position;
    const size_t begin = a->window && end > a->window ? end - a->window : 0, count = end - begin;
    size_t at;
    float scale;
    const float factor = ref_factor(ref_magnitude(q, dim), SEVEN_BITS_TOP, &scale);
    for (size_t j = 0; j < count; ++j) {
        const audiolm_past *place = ref_place(past, begin + j, &at);
        int32_t sum = 0;
        for (size_t d = 0; d < dim; ++d) sum += ref_whole(q[d] * factor) * *ref_key(place, at, d);
        scores[j] = (float)sum * (place->key_scale[at] * (scale * a->score_scale));
    }
    const float top = ref_max(scores, count);
    float sums[AUDIOLM_LANES] = {0};
    for (size_t j = 0; j < count; ++j) {
        scores[j] = ref_exp(scores[j] - top);
        sums[(begin + j) % AUDIOLM_LANES] = sums[(begin + j) % AUDIOLM_LANES] + scores[j];
    }
    const float norm = 1.0f / ref_fold(sums);
    float greatest = 0;
    for (size_t j = 0; j < count; ++j) {
        const audiolm_past *place = ref_place(past, begin + j, &at);
        scores[j] = scores[j] * place->value_scale[at];
        greatest = fmaxf(greatest, scores[j]);
    }
    const float weight_factor = ref_factor(greatest, WEIGHT_TOP, &scale);
    for (size_t d = 0; d < dim; ++d) {
        int32_t sum = 0;
        for (size_t j = 0; j < count; ++j) {
            const audiolm_past *place = ref_place(past, begin + j, &at);
            sum += ref_whole(scores[j] * weight_factor) * *ref_value(place, at, d);
        }
        y[d] = (float)sum * (scale * norm);
    }
}

static void attention(const audiolm_attention *a, size_t query_begin, size_t query_end, size_t head_begin, size_t head_end,
                      void *scratch) {
    for (size_t head = head_begin; head < head_end; ++head)
        for (size_t query = query_begin; query < query_end; ++query) {
            const ref_past past = {&a->past, &a->past, head * a->past.capacity, 0, SIZE_MAX};
            ref_attend(a, &past, a->q + query * a->q_stride + head * a->head_dim, a->first_position + query,
                       a->y + query * a->y_stride + head * a->head_dim, scratch);
        }
}

static void branched_attention(const audiolm_branched_attention *b, size_t begin, size_t end, size_t head_begin,
                               size_t head_end, void *scratch) {
    const audiolm_attention *a = &b->shared;
    for (size_t head = head_begin; head < head_end; ++head)
        for (size_t branch = begin; branch < end; ++branch) {
            const size_t own = (branch * b->heads + head) * b->own.capacity;
            const ref_past past = {&a->past, &b->own, head * a->past.capacity, own, b->branched};
            ref_attend(a, &past, a->q + branch * a->q_stride + head * a->head_dim, a->first_position,
                       a->y + branch * a->y_stride + head * a->head_dim, scratch);
        }
}
