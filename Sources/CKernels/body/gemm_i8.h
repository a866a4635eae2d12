/* Products of rows in 16-bit fixed point with 8-bit weights. Sums are whole numbers, exact in any order; one of
 * four_inputs_*.h says how they are made. */

static void fixed_point(const audiolm_fixed_point *f, size_t begin, size_t end) {
    for (size_t r = begin; r < end; ++r) {
        const float *x = f->x + r * f->x_stride;
        uint8_t *row = (uint8_t *)f->fixed + r * 2 * f->inner;
        const f32x16 factor = splat(whole_factor(magnitude_of(x, f->count), FIXED_TOP, f->scale + r));
        size_t i = 0;
        for (; i + LANES <= f->count; i += LANES) store_fixed(row, f->inner, i, nearest(load(x + i) * factor));
        for (; i < f->inner; i += LANES) {
            const size_t left = i < f->count ? f->count - i : 0;
            store_fixed(row, f->inner, i, nearest(load_part(x + (left ? i : 0), left) * factor));
        }
    }
}

/* Scales and stores sixteen outputs of a row. */
ALWAYS_INLINE void finish_i8(const audiolm_gemm_i8 *g, size_t row, size_t output, wide_i32x16 t) {
    if (output >= g->outputs) return;
    const f32x16 sum = fma16(splat(65536), __builtin_convertvector(t.upper, f32x16), __builtin_convertvector(t.lower, f32x16));
    f32x16 y = sum * splat(g->x_scale[row]) * load(g->scale + output);
    if (g->bias) y = y + load(g->bias + output);
    store_up_to(g->y + row * g->y_stride + output, y, g->outputs - output);
}

/* R rows by P times sixteen outputs of a panel, from `first` on; to `fetch` is to ask for weights that come later. */
ALWAYS_INLINE void tile_i8(const int R, const int P, const audiolm_gemm_i8 *g, size_t row, size_t panel, size_t first,
                           const int fetch, fetched_part ahead) {
    const size_t inner = g->inner;
    const int8_t *w = g->panels + panel * inner * AUDIOLM_PANEL_I8 + first * 4;
    const uint8_t *x = (const uint8_t *)g->x + row * 2 * inner;
    sums_i8 sums[4][4] = {0};
    for (size_t i = 0; i < inner;) {
        const size_t end = inner - i > RUN_I8 ? i + RUN_I8 : inner;
        for (; i < end; i += 4, w += 4 * AUDIOLM_PANEL_I8) {
            if (fetch) fetch_ahead(P, inner, w);
            fetch_part(ahead, i);
            _Pragma("unroll") for (int r = 0; r < R; ++r) {
                const four_inputs inputs = load_four(x + (size_t)r * 2 * inner, inner, i);
                _Pragma("unroll") for (int p = 0; p < P; ++p) accumulate_i8(&sums[r][p], w + p * 4 * LANES, &inputs);
            }
        }
        _Pragma("unroll") for (int r = 0; r < R; ++r)
            _Pragma("unroll") for (int p = 0; p < P; ++p) settle_i8(&sums[r][p]);
    }
    _Pragma("unroll") for (int r = 0; r < R; ++r)
        _Pragma("unroll") for (int p = 0; p < P; ++p) {
            const size_t output = panel * AUDIOLM_PANEL_I8 + first + (size_t)p * LANES;
            finish_i8(g, row + (size_t)r, output, total_i8(&sums[r][p], g->sums + output));
        }
}

ALWAYS_INLINE void band_i8(const int R, const int P, const audiolm_gemm_i8 *g, size_t row, size_t panel, int fetch,
                           fetched_part ahead) {
    for (size_t first = 0; first < AUDIOLM_PANEL_I8; first += (size_t)P * LANES)
        tile_i8(R, P, g, row, panel, first, fetch, ahead);
}

static void gemm_i8(const audiolm_gemm_i8 *g, audiolm_tile t) {
    const fetched_part none = {NULL, 0};
    const size_t bands = (t.row_end - t.row_begin) / ROWS_I8, row = t.row_begin + bands * ROWS_I8;
    for (size_t panel = t.panel_begin; panel < t.panel_end; ++panel) {
        for (size_t band = 0; band < bands; ++band) {
            const size_t first = t.row_begin + band * ROWS_I8;
            const fetched_part ahead = WIDTH_I8 == 4 ? part_of_next(g->panels, panel, g->inner, band, bands) : none;
            if (ahead.lines == 2)
                band_i8(ROWS_I8, WIDTH_I8, g, first, panel, 0, (fetched_part){ahead.next, 2});
            else if (ahead.lines == 1)
                band_i8(ROWS_I8, WIDTH_I8, g, first, panel, 0, (fetched_part){ahead.next, 1});
            else
                band_i8(ROWS_I8, WIDTH_I8, g, first, panel, band == 0, none);
        }
        switch (t.row_end - row) {
        case 1: band_i8(1, WIDTH_I8_ONE_ROW, g, row, panel, bands == 0, none); break;
        case 2: band_i8(2, 2, g, row, panel, bands == 0, none); break;
        case 3: band_i8(3, 1, g, row, panel, bands == 0, none); break;
        default: break;
        }
    }
}
