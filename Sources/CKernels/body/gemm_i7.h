/* Products of rows of seven bits with 8-bit weights. */

/* Scales and stores sixteen outputs of a row. */
ALWAYS_INLINE void finish_i7(const audiolm_gemm_i8 *g, size_t row, size_t output, i32x16 sum) {
    if (output >= g->outputs) return;
    f32x16 y = __builtin_convertvector(sum, f32x16) * splat(g->x_scale[row]) * load(g->scale + output);
    if (g->bias) y = y + load(g->bias + output);
    store_up_to(g->y + row * g->y_stride + output, y, g->outputs - output);
}

/* R rows by one panel, P times sixteen outputs at a time, see sum_i7. */
ALWAYS_INLINE void panel_i7(const int R, const int P, const int parts, const audiolm_gemm_i8 *g, size_t row, size_t panel,
                            const int fetch, fetched_part ahead) {
    const uint8_t *x = (const uint8_t *)g->x + row * g->inner;
    for (size_t first = 0; first < AUDIOLM_PANEL_I8; first += (size_t)P * LANES) {
        const size_t output = panel * AUDIOLM_PANEL_I8 + first;
        i32x16 sums[4][4];
        const int8_t *w = g->panels + panel * g->inner * AUDIOLM_PANEL_I8 + first * 4;
        sum_i7(R, P, 4, parts, fetch, ahead, g->inner, w, x, g->sums + output, sums);
        _Pragma("unroll") for (int r = 0; r < R; ++r)
            _Pragma("unroll") for (int p = 0; p < P; ++p) finish_i7(g, row + (size_t)r, output + (size_t)p * LANES, sums[r][p]);
    }
}

/* Four rows, the `band`-th of `bands`. */
ALWAYS_INLINE void band_of_four(const audiolm_gemm_i8 *g, size_t row, size_t panel, size_t band, size_t bands) {
    const fetched_part none = {NULL, 0};
    const fetched_part ahead = WIDTH_I7 == 4 ? part_of_next(g->panels, panel, g->inner, band, bands) : none;
    if (ahead.lines == 2)
        panel_i7(4, WIDTH_I7, 1, g, row, panel, 0, (fetched_part){ahead.next, 2});
    else if (ahead.lines == 1)
        panel_i7(4, WIDTH_I7, 1, g, row, panel, 0, (fetched_part){ahead.next, 1});
    else
        panel_i7(4, WIDTH_I7, 1, g, row, panel, band == 0, none);
}

static void gemm_i7(const audiolm_gemm_i8 *task, audiolm_tile t) {
    const audiolm_gemm_i8 local = *task, *g = &local; /* what is stored cannot change it */
    const fetched_part none = {NULL, 0};
    const size_t bands = (t.row_end - t.row_begin) / 4, row = t.row_begin + bands * 4;
    for (size_t panel = t.panel_begin; panel < t.panel_end; ++panel) {
        for (size_t band = 0; band < bands; ++band) band_of_four(g, t.row_begin + band * 4, panel, band, bands);
        switch (t.row_end - row) {
        case 1: panel_i7(1, WIDTH_I7_ONE_ROW, PARTS_I7_ONE_ROW, g, row, panel, bands == 0, none); break;
        case 2: panel_i7(2, WIDTH_I7_TWO_ROWS, 1, g, row, panel, bands == 0, none); break;
        case 3: panel_i7(3, WIDTH_I7, 1, g, row, panel, bands == 0, none); break;
        default: break;
        }
    }
}
