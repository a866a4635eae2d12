/* Products of rows of seven bits by the processor's matrix unit (AMX), see gemm_i8_tiles.h. */

/* Sixteen rows by one panel: numbers in tile 4, weights of sixteen outputs each in tiles 5 to 7 and 5 again. */
ALWAYS_INLINE void sum_tiles_i7(const audiolm_gemm_i8 *g, size_t row, const int8_t *w, int32_t sums[4][256]) {
    const size_t inner = g->inner, step = 4 * AUDIOLM_PANEL_I8;
    const uint8_t *x = (const uint8_t *)g->x + row * inner;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (size_t i = 0; i < inner; i += 64, x += 64, w += 16 * step) {
        _tile_loadd(4, x, inner);
        _tile_loadd(5, w, step);
        _tile_loadd(6, w + 64, step);
        _tile_loadd(7, w + 128, step);
        _tile_dpbusd(0, 4, 5);
        _tile_loadd(5, w + 192, step);
        _tile_dpbusd(1, 4, 6);
        _tile_dpbusd(2, 4, 7);
        _tile_dpbusd(3, 4, 5);
    }
    _tile_stored(0, sums[0], 64);
    _tile_stored(1, sums[1], 64);
    _tile_stored(2, sums[2], 64);
    _tile_stored(3, sums[3], 64);
}

static void gemm_i7_tiles(const audiolm_gemm_i8 *g, audiolm_tile t) {
    const size_t count = t.row_end - t.row_begin;
    if (count < TILE_ROWS_LEAST) {
        gemm_i7(g, t);
        return;
    }
    configure_tiles(count, 3);
    _Alignas(64) int32_t sums[4][256];
    for (size_t panel = t.panel_begin; panel < t.panel_end; ++panel)
        for (size_t row = t.row_begin; row < t.row_end; row += 16) {
            sum_tiles_i7(g, row, g->panels + panel * g->inner * AUDIOLM_PANEL_I8, sums);
            for (size_t p = 0; p < 4; ++p) {
                const size_t output = panel * AUDIOLM_PANEL_I8 + p * LANES;
                const i32x16 raised = *(const i32x16_unaligned *)(g->sums + output) * -64;
                for (size_t r = 0; r < 16 && row + r < t.row_end; ++r)
                    finish_i7(g, row + r, output, *(const i32x16 *)(sums[p] + r * 16) + raised);
            }
        }
    _tile_release();
}
