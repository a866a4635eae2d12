/* Rows of seven bits, and their products with bytes. A row's numbers lie 64 higher, which the weights' sums undo. */

ALWAYS_INLINE void round_row(const int lengths, const audiolm_seven_bits *s, size_t r) {
    const float *x = s->x + r * s->x_stride;
    uint8_t *row = s->rounded + r * s->inner;
    float step;
    const float factor = whole_factor(magnitude_of(x, s->count), SEVEN_BITS_TOP, &step);
    f32x16 kept = splat(0), lost = splat(0);
    size_t i = 0;
    for (; !lengths && i + 4 * LANES <= s->count; i += 4 * LANES) {
        i32x16 whole[4];
        _Pragma("unroll") for (size_t k = 0; k < 4; ++k) whole[k] = nearest(load(x + i + k * LANES) * splat(factor)) + 64;
        store_64_bytes(row + i, whole);
    }
    for (; i < s->inner; i += LANES) {
        const size_t left = i < s->count ? s->count - i : 0;
        const f32x16 exact = left >= LANES ? load(x + i) : load_part(x + (left ? i : 0), left);
        const f32x16 whole = __builtin_elementwise_roundeven(exact * splat(factor));
        if (lengths) {
            const f32x16 rest = fma16(whole, splat(-step), exact);
            kept = fma16(whole, whole, kept);
            lost = fma16(rest, rest, lost);
        }
        store_bytes(row + i, nearest(whole) + 64);
    }
    s->scale[r] = step;
    if (lengths) {
        s->kept[r] = step * sqrtf(fold(kept));
        s->lost[r] = sqrtf(fold(lost));
    }
}

static void seven_bits(const audiolm_seven_bits *task, size_t begin, size_t end) {
    const audiolm_seven_bits local = *task; /* what is stored cannot change it */
    for (size_t r = begin; r < end; ++r) {
        if (local.kept)
            round_row(1, &local, r);
        else
            round_row(0, &local, r);
    }
}

/* Sums of R rows' products by P times sixteen outputs, `depth` inputs at a time: 4, or 8 of weights whose magnitudes are 64
 * at most. Each sum is made in so many `parts`, where with one too few sums would wait for themselves. */
ALWAYS_INLINE void sum_i7(const int R, const int P, const int depth, const int parts, const int fetch, fetched_part part_ahead,
                          size_t inner, const int8_t *w, const uint8_t *x, const int32_t *weight_sums, i32x16 sums[4][4]) {
    i32x16 split[2][4][4] = {0};
    for (size_t i = 0; i < inner; i += (size_t)(parts * depth))
        _Pragma("unroll") for (int part = 0; part < parts; ++part, w += depth * AUDIOLM_PANEL_I8) {
            if (fetch) fetch_ahead(P, inner, w);
            fetch_part(part_ahead, i);
            _Pragma("unroll") for (int r = 0; r < R; ++r)
                _Pragma("unroll") for (int p = 0; p < P; ++p) {
                    const uint8_t *numbers = x + (size_t)r * inner + i + (size_t)(part * depth);
                    i32x16 *sum = &split[part][r][p];
                    *sum = depth == 8 ? add_eight_i7(*sum, w + p * 4 * LANES, numbers)
                                      : add_four_i7(*sum, w + p * 4 * LANES, numbers);
                }
        }
    _Pragma("unroll") for (int p = 0; p < P; ++p) {
        const i32x16 raised = *(const i32x16_unaligned *)(weight_sums + (size_t)p * LANES) * 64;
        _Pragma("unroll") for (int r = 0; r < R; ++r) sums[r][p] = split[0][r][p] + split[1][r][p] - raised;
    }
}
