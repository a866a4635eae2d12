/* Products of rows in 24-bit fixed point with 8-bit weights. Sums are whole numbers, exact in any order; one of
 * four_inputs_*.h says how they are made. */

/* Bytes of weights that are fetched ahead of their use: what the cache next to memory takes to answer. */
#define PREFETCH_I8 2048

ALWAYS_INLINE i32x16 whole_i32(f32x16 x) {
    return __builtin_convertvector(__builtin_elementwise_roundeven(x), i32x16);
}

static void fixed_point(const audiolm_fixed_point *f, size_t begin, size_t end) {
    for (size_t r = begin; r < end; ++r) {
        const float *x = f->x + r * f->x_stride;
        uint8_t *row = (uint8_t *)f->fixed + r * 4 * f->inner;
        const float top = magnitude_of(x, f->count);
        const int silent = top < FIXED_SILENCE;
        const f32x16 factor = splat(silent ? 0 : FIXED_TOP / top);
        f->scale[r] = silent ? 0 : top / FIXED_TOP;
        size_t i = 0;
        for (; i + LANES <= f->count; i += LANES) store_fixed(row, f->inner, i, whole_i32(load(x + i) * factor));
        for (; i < f->inner; i += LANES) {
            const size_t left = i < f->count ? f->count - i : 0;
            store_fixed(row, f->inner, i, whole_i32(load_part(x + (left ? i : 0), left) * factor));
        }
    }
}

/* Sixteen outputs of a row, whose sums are 65536 upper + 256 middle + lower, yet to be scaled. */
ALWAYS_INLINE f32x16 float_i8(totals_i8 t) {
    const i32x16 upper = t.upper + ((t.middle + (t.lower >> 8)) >> 8);
    const i32x16 rest = ((t.middle << 8) + t.lower) & 65535;
    return fma16(splat(65536), __builtin_convertvector(upper, f32x16), __builtin_convertvector(rest, f32x16));
}

/* Scales and stores sixteen outputs of a row. */
ALWAYS_INLINE void finish_i8(const audiolm_gemm_i8 *g, size_t row, size_t output, totals_i8 t) {
    if (output >= g->outputs) return;
    f32x16 y = float_i8(t) * splat(g->x_scale[row]) * load(g->scale + output);
    if (g->bias) y = y + load(g->bias + output);
    float *target = g->y + row * g->y_stride + output;
    if (output + LANES <= g->outputs)
        store(target, y);
    else
        store_part(target, y, g->outputs - output);
}

/* R rows by WIDTH_I8 times sixteen outputs of a panel, from `first` on. */
ALWAYS_INLINE void tile_i8(const int R, const audiolm_gemm_i8 *g, size_t row, size_t panel, size_t first) {
    const size_t inner = g->inner;
    const int8_t *w = g->panels + panel * inner * AUDIOLM_PANEL_I8 + first * 4;
    const uint8_t *x = (const uint8_t *)g->x + row * 4 * inner;
    sums_i8 sums[ROWS_I8][WIDTH_I8] = {0};
    for (size_t i = 0; i < inner;) {
        const size_t end = inner - i > RUN_I8 ? i + RUN_I8 : inner;
        for (; i < end; i += 4, w += 4 * AUDIOLM_PANEL_I8) {
            _Pragma("unroll") for (int p = 0; p < WIDTH_I8; ++p)
                __builtin_prefetch(w + PREFETCH_I8 + p * 4 * LANES);
            _Pragma("unroll") for (int r = 0; r < R; ++r) {
                const four_inputs inputs = load_four(x + (size_t)r * 4 * inner, inner, i);
                _Pragma("unroll") for (int p = 0; p < WIDTH_I8; ++p)
                    accumulate_i8(&sums[r][p], w + p * 4 * LANES, &inputs);
            }
        }
        _Pragma("unroll") for (int r = 0; r < R; ++r)
            _Pragma("unroll") for (int p = 0; p < WIDTH_I8; ++p) settle_i8(&sums[r][p]);
    }
    _Pragma("unroll") for (int r = 0; r < R; ++r)
        _Pragma("unroll") for (int p = 0; p < WIDTH_I8; ++p) {
            const size_t output = panel * AUDIOLM_PANEL_I8 + first + (size_t)p * LANES;
            finish_i8(g, row + (size_t)r, output, total_i8(&sums[r][p], g->sums + output));
        }
}

ALWAYS_INLINE void band_i8(const int R, const audiolm_gemm_i8 *g, size_t row, audiolm_tile t) {
    for (size_t panel = t.panel_begin; panel < t.panel_end; ++panel)
        for (size_t first = 0; first < AUDIOLM_PANEL_I8; first += WIDTH_I8 * LANES) tile_i8(R, g, row, panel, first);
}

static void gemm_i8(const audiolm_gemm_i8 *g, audiolm_tile t) {
    size_t row = t.row_begin;
    for (; row + ROWS_I8 <= t.row_end; row += ROWS_I8) band_i8(ROWS_I8, g, row, t);
    for (; row < t.row_end; ++row) band_i8(1, g, row, t);
}
