/* Products of many rows by the processor's matrix unit (AMX): tiles of sixteen rows by sixteen outputs. */

typedef struct {
    uint8_t palette, start_row, unused[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} __attribute__((packed)) tile_sizes;

/* Gives the tiles before the `whole` last ones so many rows, and those sixteen; rows have 64 bytes. */
ALWAYS_INLINE void configure_tiles(size_t rows, int whole) {
    tile_sizes sizes = {.palette = 1};
    for (int i = 0; i < 8; ++i) {
        sizes.row_bytes[i] = 64;
        sizes.rows[i] = i >= 8 - whole || rows > 16 ? 16 : (uint8_t)rows;
    }
    _tile_loadconfig(&sizes);
}

/* One row is sooner done without. */
#define TILE_ROWS_LEAST 2

/* Upper and lower sums of sixteen rows by sixteen outputs, and then by the next sixteen. */
ALWAYS_INLINE void sum_tiles(const audiolm_gemm_i8 *g, size_t row, const int8_t *w, int32_t sums[4][256]) {
    const size_t inner = g->inner, step = 4 * AUDIOLM_PANEL_I8;
    const uint8_t *x = (const uint8_t *)g->x + row * 2 * inner;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (size_t i = 0; i < inner; i += 64, x += 64, w += 16 * step) {
        _tile_loadd(4, x, 2 * inner);
        _tile_loadd(5, x + inner, 2 * inner);
        _tile_loadd(6, w, step);
        _tile_loadd(7, w + 64, step);
        _tile_dpbusd(0, 4, 6);
        _tile_dpbusd(1, 5, 6);
        _tile_dpbusd(2, 4, 7);
        _tile_dpbusd(3, 5, 7);
    }
    _tile_stored(0, sums[0], 64);
    _tile_stored(1, sums[1], 64);
    _tile_stored(2, sums[2], 64);
    _tile_stored(3, sums[3], 64);
}

/* As many rows as have both their planes of bytes (see four_inputs_bytes.h) in one tile. */
#define TILE_ROWS_FEW 8

/* Sums of a few rows, plane by plane, by thirty-two outputs. */
ALWAYS_INLINE void sum_planes(const audiolm_gemm_i8 *g, size_t row, const int8_t *w, int32_t sums[2][256]) {
    const size_t inner = g->inner, step = 4 * AUDIOLM_PANEL_I8;
    const uint8_t *x = (const uint8_t *)g->x + row * 2 * inner;
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

/* Sixteen outputs of a row, whose sums lie in `sums` and, of lower bytes, `lower` further on. */
ALWAYS_INLINE void finish_tile(const audiolm_gemm_i8 *g, size_t row, size_t output, const int32_t *sums, size_t lower) {
    const sums_i8 of_row = {*(const i32x16 *)sums, *(const i32x16 *)(sums + lower)};
    finish_i8(g, row, output, total_i8(&of_row, g->sums + output));
}

static void gemm_i8_few(const audiolm_gemm_i8 *g, audiolm_tile t) {
    const size_t count = t.row_end - t.row_begin;
    configure_tiles(2 * count, 4);
    _Alignas(64) int32_t sums[2][256];
    for (size_t panel = t.panel_begin; panel < t.panel_end; ++panel)
        for (size_t first = 0; first < AUDIOLM_PANEL_I8; first += 32) {
            sum_planes(g, t.row_begin, g->panels + panel * g->inner * AUDIOLM_PANEL_I8 + first * 4, sums);
            for (size_t r = 0; r < count; ++r)
                for (size_t p = 0; p < 2; ++p)
                    finish_tile(g, t.row_begin + r, panel * AUDIOLM_PANEL_I8 + first + p * LANES, sums[p] + r * 32, 16);
        }
    _tile_release();
}

static void gemm_i8_tiles(const audiolm_gemm_i8 *g, audiolm_tile t) {
    const size_t count = t.row_end - t.row_begin;
    if (count < TILE_ROWS_LEAST) {
        gemm_i8(g, t);
        return;
    }
    if (count <= TILE_ROWS_FEW) {
        gemm_i8_few(g, t);
        return;
    }
    configure_tiles(count, 2);
    _Alignas(64) int32_t sums[4][256];
    for (size_t panel = t.panel_begin; panel < t.panel_end; ++panel)
        for (size_t row = t.row_begin; row < t.row_end; row += 16)
            for (size_t first = 0; first < AUDIOLM_PANEL_I8; first += 32) {
                sum_tiles(g, row, g->panels + panel * g->inner * AUDIOLM_PANEL_I8 + first * 4, sums);
                for (size_t r = 0; r < 16 && row + r < t.row_end; ++r)
                    for (size_t p = 0; p < 2; ++p)
                        finish_tile(g, row + r, panel * AUDIOLM_PANEL_I8 + first + p * LANES, sums[2 * p] + r * 16, 256);
            }
    _tile_release();
}
