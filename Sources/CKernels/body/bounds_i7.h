/* Bounds of products by rows and weights of seven bits each. */

/* R rows by P times sixteen outputs of a panel, from `first` on. */
ALWAYS_INLINE void tile_i7(const int R, const int P, const audiolm_bounds_i7 *g, size_t row, size_t panel, size_t first) {
    const int8_t *w = g->panels + panel * g->inner * AUDIOLM_PANEL_I8 + first * 4;
    i32x16 sums[4][4];
    sum_i7(R, P, 8, 1, 0, (fetched_part){NULL, 0}, g->inner, w, g->x + row * g->inner, g->sums + panel * AUDIOLM_PANEL_I8 + first, sums);
    _Pragma("unroll") for (int p = 0; p < P; ++p) {
        const size_t output = panel * AUDIOLM_PANEL_I8 + first + (size_t)p * LANES;
        if (output >= g->outputs) continue;
        const f32x16 scale = load(g->scale + output), bias = load(g->bias + output);
        const f32x16 length = load(g->length + output), lost = load(g->lost + output);
        _Pragma("unroll") for (int r = 0; r < R; ++r) {
            const size_t at = row + (size_t)r;
            const f32x16 sum = __builtin_convertvector(sums[r][p], f32x16);
            f32x16 y = fma16(sum, splat(g->x_scale[at]) * scale, bias);
            y = fma16(splat(g->x_lost[at]), length, y);
            y = fma16(splat(g->x_kept[at]), lost, y);
            store_up_to(g->y + at * g->y_stride + output, y, g->outputs - output);
        }
    }
}

/* The greatest of every four of a row's bounds in a panel. */
ALWAYS_INLINE void maxima_i7(const audiolm_bounds_i7 *g, size_t row, size_t panel) {
    const size_t panels = (g->outputs + AUDIOLM_PANEL_I8 - 1) / AUDIOLM_PANEL_I8;
    const size_t left = g->outputs - panel * AUDIOLM_PANEL_I8;
    const float *y = g->y + row * g->y_stride + panel * AUDIOLM_PANEL_I8;
    f32x16 top = splat(-INFINITY);
    for (size_t i = 0; i < AUDIOLM_PANEL_I8 && i < left; i += LANES) {
        f32x16 bounds = splat(-INFINITY);
        if (left - i >= LANES)
            bounds = load(y + i);
        else
            memcpy(&bounds, y + i, (left - i) * sizeof *y);
        top = __builtin_elementwise_max(top, bounds);
    }
    store(g->maxima + (row * panels + panel) * LANES, top);
}

ALWAYS_INLINE void band_i7(const int R, const int P, const audiolm_bounds_i7 *g, size_t row, size_t panel) {
    for (size_t first = 0; first < AUDIOLM_PANEL_I8; first += (size_t)P * LANES) tile_i7(R, P, g, row, panel, first);
    for (int r = 0; r < R; ++r) maxima_i7(g, row + (size_t)r, panel);
}

static void bounds_i7(const audiolm_bounds_i7 *task, audiolm_tile t) {
    const audiolm_bounds_i7 local = *task, *g = &local; /* what is stored cannot change it */
    for (size_t panel = t.panel_begin; panel < t.panel_end; ++panel) {
        size_t row = t.row_begin;
        for (; row + 4 <= t.row_end; row += 4) band_i7(4, WIDTH_I7, g, row, panel);
        for (; row < t.row_end; ++row) band_i7(1, 4, g, row, panel);
    }
}
