/* Products of rows with packed weights. A tile of R rows by P panels stays in registers for the whole inner
 * dimension; which tile an element falls into does not change its arithmetic. */

#define DEFINE_GEMM(TYPE, ELEMENT)                                                                             \
    ALWAYS_INLINE void tile_##TYPE(const int R, const int P, const audiolm_gemm *g, size_t row, size_t panel) { \
        const size_t inner = g->inner, x_stride = g->x_stride, panel_size = inner * LANES;                     \
        const float *x[6];                                                                                     \
        const ELEMENT *w = (const ELEMENT *)g->panels + panel * panel_size;                                    \
        f32x16 sums[6][8];                                                                                     \
        _Pragma("unroll") for (int r = 0; r < R; ++r) x[r] = g->x + (row + (size_t)r) * x_stride;              \
        _Pragma("unroll") for (int r = 0; r < R; ++r)                                                          \
            _Pragma("unroll") for (int p = 0; p < P; ++p) sums[r][p] = splat(0);                               \
        for (size_t i = 0; i < inner; ++i, w += LANES)                                                         \
            _Pragma("unroll") for (int p = 0; p < P; ++p) {                                                    \
                const f32x16 column = widen_##TYPE(w + (size_t)p * panel_size);                                \
                _Pragma("unroll") for (int r = 0; r < R; ++r)                                                  \
                    sums[r][p] = fma16(splat(x[r][i]), column, sums[r][p]);                                    \
            }                                                                                                  \
        _Pragma("unroll") for (int p = 0; p < P; ++p)                                                          \
            _Pragma("unroll") for (int r = 0; r < R; ++r)                                                      \
                finish(g, row + (size_t)r, panel + (size_t)p, sums[r][p]);                                     \
    }                                                                                                          \
                                                                                                               \
    ALWAYS_INLINE void band_##TYPE(const int R, const int P, const audiolm_gemm *g, size_t row, size_t panel,  \
                                   size_t panel_end) {                                                         \
        for (; panel + (size_t)P <= panel_end; panel += (size_t)P) tile_##TYPE(R, P, g, row, panel);           \
        for (; panel < panel_end; ++panel) tile_##TYPE(R, 1, g, row, panel);                                   \
    }                                                                                                          \
                                                                                                               \
    static void gemm_##TYPE(const audiolm_gemm *g, audiolm_tile t) {                                           \
        size_t row = t.row_begin;                                                                              \
        for (; row + MAIN_ROWS <= t.row_end; row += MAIN_ROWS)                                                 \
            band_##TYPE(MAIN_ROWS, MAIN_PANELS, g, row, t.panel_begin, t.panel_end);                           \
        switch (t.row_end - row) {                                                                             \
        case 1: band_##TYPE(1, PANELS_1, g, row, t.panel_begin, t.panel_end); break;                           \
        case 2: band_##TYPE(2, PANELS_2, g, row, t.panel_begin, t.panel_end); break;                           \
        case 3: band_##TYPE(3, PANELS_3, g, row, t.panel_begin, t.panel_end); break;                           \
        case 4: band_##TYPE(4, MAIN_PANELS, g, row, t.panel_begin, t.panel_end); break;                        \
        case 5: band_##TYPE(5, MAIN_PANELS, g, row, t.panel_begin, t.panel_end); break;                        \
        default: break;                                                                                        \
        }                                                                                                      \
    }

#define MAIN_ROWS 6

/* Scales, adds the bias and stores one row's sixteen outputs, fewer in the last panel. */
ALWAYS_INLINE void finish(const audiolm_gemm *g, size_t row, size_t panel, f32x16 sum) {
    const size_t output = panel * LANES;
    if (g->scale) sum = sum * load(g->scale + output);
    if (g->bias) sum = sum + load(g->bias + output);
    store_up_to(g->y + row * g->y_stride + output, sum, g->outputs - output);
}

DEFINE_GEMM(f32, float)
DEFINE_GEMM(bf16, uint16_t)
