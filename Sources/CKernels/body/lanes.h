/* Rows to lanes, one row in each lane, and back: transposed sixteen by sixteen in registers. */

/* Exchanges the squares off the diagonal of v, of `size` by `size`, within each square of twice the size. */
#define TRANSPOSE_SQUARES(v, size, UPPER, LOWER) \
    _Pragma("unroll") for (int i = 0; i < LANES; ++i) { \
        if (i & (size)) continue; \
        const f32x16 upper = (v)[i], lower = (v)[i + (size)]; \
        (v)[i] = __builtin_shufflevector(upper, lower, UPPER); \
        (v)[i + (size)] = __builtin_shufflevector(upper, lower, LOWER); \
    }

#define UPPER_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define LOWER_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define UPPER_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define LOWER_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define UPPER_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define LOWER_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define UPPER_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define LOWER_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31

ALWAYS_INLINE void transpose16(f32x16 v[LANES]) {
    TRANSPOSE_SQUARES(v, 8, UPPER_8, LOWER_8)
    TRANSPOSE_SQUARES(v, 4, UPPER_4, LOWER_4)
    TRANSPOSE_SQUARES(v, 2, UPPER_2, LOWER_2)
    TRANSPOSE_SQUARES(v, 1, UPPER_1, LOWER_1)
}

static void rows_to_lanes(const float *rows, size_t stride, size_t count, size_t n, float *lanes) {
    for (size_t i = 0; i < n; i += LANES) {
        const size_t left = n - i;
        f32x16 v[LANES];
        for (size_t r = 0; r < LANES; ++r) {
            if (r >= count)
                v[r] = splat(0);
            else
                v[r] = left >= LANES ? load(rows + r * stride + i) : load_part(rows + r * stride + i, left);
        }
        transpose16(v);
        for (size_t k = 0; k < LANES && k < left; ++k) store(lanes + (i + k) * LANES, v[k]);
    }
}

static void lanes_to_rows(const float *lanes, size_t n, float *rows, size_t stride, size_t count) {
    for (size_t i = 0; i < n; i += LANES) {
        f32x16 v[LANES];
        for (size_t k = 0; k < LANES; ++k) v[k] = i + k < n ? load(lanes + (i + k) * LANES) : splat(0);
        transpose16(v);
        for (size_t r = 0; r < LANES && r < count; ++r) store_up_to(rows + r * stride + i, v[r], n - i);
    }
}
