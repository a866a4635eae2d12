/* Products of many rows by the processor's matrix unit (AMX): tiles of sixteen rows by sixteen outputs. */

typedef struct {
    uint8_t palette, start_row, unused[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} __attribute__((packed)) tile_sizes;

/* One row is sooner done without. */
#define TILE_ROWS_LEAST 2

/* Upper, middle and lower sums of sixteen rows by sixteen outputs, and then by the next sixteen. */
ALWAYS_INLINE void sum_tiles(const audiolm_gemm_i8 *g, size_t row, const int8_t *w, int32_t sums[6][256]) {
    const size_t inner = g->inner, step = 4 * AUDIOLM_PANEL_I8;
    const uint8_t *x = (const uint8_t *)g->x + row * 4 * inner;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    _tile_zero(4);
    _tile_zero(5);
    for (size_t i = 0; i < inner; i += 64, x += 64, w += 16 * step) {
        _tile_loadd(6, w, step);
        _tile_loadd(7, x, 4 * inner);
        _tile_dpbusd(0, 7, 6);
        _tile_loadd(7, x + inner, 4 * inner);
        _tile_dpbusd(1, 7, 6);
        _tile_loadd(7, x + 2 * inner, 4 * inner);
        _tile_dpbusd(2, 7, 6);
        _tile_loadd(6, w + 64, step);
        _tile_dpbusd(5, 7, 6);
        _tile_loadd(7, x + inner, 4 * inner);
        _tile_dpbusd(4, 7, 6);
        _tile_loadd(7, x, 4 * inner);
        _tile_dpbusd(3, 7, 6);
    }
    _tile_stored(0, sums[0], 64);
    _tile_stored(1, sums[1], 64);
    _tile_stored(2, sums[2], 64);
    _tile_stored(3, sums[3], 64);
    _tile_stored(4, sums[4], 64);
    _tile_stored(5, sums[5], 64);
}

/* As many rows as have their four planes of bytes (see audiolm_fixed_point) in one tile. */
#define TILE_ROWS_FEW 4

/* Sums of a few rows, plane by plane, by thirty-two outputs. A fourth of the work is for the empty plane; with a tile for
   each plane of sixteen rows three fourths would be for rows that are not there. */
ALWAYS_INLINE void sum_planes(const audiolm_gemm_i8 *g, size_t row, const int8_t *w, int32_t sums[2][256]) {
    const size_t inner = g->inner, step = 4 * AUDIOLM_PANEL_I8;
    const uint8_t *x = (const uint8_t *)g->x + row * 4 * inner;
    _tile_zero(0);
    _tile_zero(1);
#define SUM_PLANES(planes, left, right)  \
    _tile_loadd(planes, x, inner);       \
    _tile_loadd(left, w, step);          \
    _tile_loadd(right, w + 64, step);    \
    _tile_dpbusd(0, planes, left);       \
    _tile_dpbusd(1, planes, right);      \
    x += 64, w += 16 * step
    for (size_t i = 0; i < inner / 128; ++i) {
        SUM_PLANES(2, 4, 5);
        SUM_PLANES(3, 6, 7);
    }
    if (inner % 128) { SUM_PLANES(2, 4, 5); }
#undef SUM_PLANES
    _tile_stored(0, sums[0], 64);
    _tile_stored(1, sums[1], 64);
}

static void gemm_i8_few(const audiolm_gemm_i8 *g, audiolm_tile t) {
    const size_t count = t.row_end - t.row_begin;
    tile_sizes sizes = {.palette = 1};
    for (int i = 0; i < 8; ++i) {
        sizes.row_bytes[i] = 64;
        sizes.rows[i] = i >= 4 || count > TILE_ROWS_FEW ? 16 : (uint8_t)(4 * count);
    }
    _tile_loadconfig(&sizes);
    _Alignas(64) int32_t sums[2][256];
    for (size_t panel = t.panel_begin; panel < t.panel_end; ++panel)
        for (size_t first = 0; first < AUDIOLM_PANEL_I8; first += 32)
            for (size_t row = t.row_begin; row < t.row_end; row += TILE_ROWS_FEW) {
                sum_planes(g, row, g->panels + panel * g->inner * AUDIOLM_PANEL_I8 + first * 4, sums);
                for (size_t r = 0; r < TILE_ROWS_FEW && row + r < t.row_end; ++r)
                    for (size_t p = 0; p < 2; ++p) {
                        const size_t output = panel * AUDIOLM_PANEL_I8 + first + p * LANES;
                        const i32x16 *planes = (const i32x16 *)(sums[p] + r * 64);
                        const sums_i8 of_row = {planes[0], planes[1], planes[2]};
                        finish_i8(g, row + r, output, total_i8(&of_row, g->sums + output));
                    }
            }
    _tile_release();
}

static void gemm_i8_tiles(const audiolm_gemm_i8 *g, audiolm_tile t) {
    if (t.row_end - t.row_begin < TILE_ROWS_LEAST) {
        gemm_i8(g, t);
        return;
    }
    if (t.row_end - t.row_begin <= 2 * TILE_ROWS_FEW) {
        gemm_i8_few(g, t);
        return;
    }
    tile_sizes sizes = {.palette = 1};
    for (int i = 0; i < 8; ++i) {
        sizes.row_bytes[i] = 64;
        sizes.rows[i] = i == 6 || t.row_end - t.row_begin > 16 ? 16 : (uint8_t)(t.row_end - t.row_begin);
    }
    _tile_loadconfig(&sizes);
    _Alignas(64) int32_t sums[6][256];
    for (size_t panel = t.panel_begin; panel < t.panel_end; ++panel)
        for (size_t row = t.row_begin; row < t.row_end; row += 16)
            for (size_t first = 0; first < AUDIOLM_PANEL_I8; first += 32) {
                sum_tiles(g, row, g->panels + panel * g->inner * AUDIOLM_PANEL_I8 + first * 4, sums);
                for (size_t r = 0; r < 16 && row + r < t.row_end; ++r)
                    for (size_t p = 0; p < 2; ++p) {
                        const size_t output = panel * AUDIOLM_PANEL_I8 + first + p * LANES;
                        const sums_i8 of_row = {*(const i32x16 *)(sums[3 * p] + r * 16),
                                                *(const i32x16 *)(sums[3 * p + 1] + r * 16),
                                                *(const i32x16 *)(sums[3 * p + 2] + r * 16)};
                        finish_i8(g, row + r, output, total_i8(&of_row, g->sums + output));
                    }
            }
    _tile_release();
}
