/* Four inputs of a product at once by the processor's own sums of four products of bytes (VNNI). A row is its numbers'
 * upper bytes and then their lower ones, unsigned: upper bytes are 128 too large, which the weights' sums undo. */
#define ROWS_I8 2
#define RUN_I8 SIZE_MAX
#define PARTS_I7_ONE_ROW 2

typedef struct {
    i32x16 upper, lower;
} four_inputs, sums_i8;

#if REGISTER_BYTES == 64
#define WIDTH_I8 4
#define WIDTH_I8_ONE_ROW 4
#define WIDTH_I7 4
#define WIDTH_I7_TWO_ROWS 4
#define WIDTH_I7_ONE_ROW 4

/* Adds to each sum four products of unsigned bytes and signed ones. */
ALWAYS_INLINE i32x16 add_products(i32x16 sums, i32x16 x, i32x16 w) { return __builtin_ia32_vpdpbusd512(sums, x, w); }
#else
#define WIDTH_I8 1
#define WIDTH_I8_ONE_ROW 2
#define WIDTH_I7 1
#define WIDTH_I7_TWO_ROWS 2
#define WIDTH_I7_ONE_ROW 2

typedef int32_t i32x8 __attribute__((vector_size(32)));

ALWAYS_INLINE i32x8 half_of(i32x16 v, int upper) {
    return upper ? __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15)
                 : __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
}

/* Adds to each sum four products of unsigned bytes and signed ones. */
ALWAYS_INLINE i32x16 add_products(i32x16 sums, i32x16 x, i32x16 w) {
    const i32x8 low = __builtin_ia32_vpdpbusd256(half_of(sums, 0), half_of(x, 0), half_of(w, 0));
    const i32x8 high = __builtin_ia32_vpdpbusd256(half_of(sums, 1), half_of(x, 1), half_of(w, 1));
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
#endif

/* Sixteen numbers of a row of `inner`, from number i on. */
ALWAYS_INLINE void store_fixed(uint8_t *row, size_t inner, size_t i, i32x16 whole) {
    const i32x16 raised = whole + (1 << 15);
    *(u8x16_unaligned *)(row + i) = __builtin_convertvector(raised >> 8, u8x16_unaligned);
    *(u8x16_unaligned *)(row + inner + i) = __builtin_convertvector(raised & 255, u8x16_unaligned);
}

ALWAYS_INLINE i32x16 four_bytes(const uint8_t *p) {
    int32_t four;
    memcpy(&four, p, sizeof four);
    return (i32x16){0} + four;
}

ALWAYS_INLINE four_inputs load_four(const uint8_t *row, size_t inner, size_t i) {
    return (four_inputs){four_bytes(row + i), four_bytes(row + inner + i)};
}

ALWAYS_INLINE void accumulate_i8(sums_i8 *sums, const int8_t *w, const four_inputs *x) {
    const i32x16 weights = *(const i32x16 *)w;
    sums->upper = add_products(sums->upper, x->upper, weights);
    sums->lower = add_products(sums->lower, x->lower, weights);
}

ALWAYS_INLINE void settle_i8(sums_i8 *sums) { (void)sums; }

ALWAYS_INLINE wide_i32x16 total_i8(const sums_i8 *sums, const int32_t *weight_sums) {
    const i32x16 upper = sums->upper - *(const i32x16_unaligned *)weight_sums * 128;
    return (wide_i32x16){(upper + (sums->lower >> 8)) >> 8, ((upper << 8) + sums->lower) & 65535};
}

/* Adds four inputs x of sixteen outputs, whose weights are at w. */
ALWAYS_INLINE i32x16 add_four_i7(i32x16 sums, const int8_t *w, const uint8_t *x) {
    return add_products(sums, four_bytes(x), *(const i32x16 *)w);
}

/* Adds eight inputs x of sixteen outputs, whose weights are at w and, of the last four, one step further on. */
ALWAYS_INLINE i32x16 add_eight_i7(i32x16 sums, const int8_t *w, const uint8_t *x) {
    return add_four_i7(add_four_i7(sums, w, x), w + 4 * AUDIOLM_PANEL_I8, x + 4);
}
