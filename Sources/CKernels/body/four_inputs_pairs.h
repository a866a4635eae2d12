/* Four inputs of a product at once as two sums of two products of 16-bit numbers. Of every four numbers of a row the first
 * and third lie side by side, then the second and fourth, as the bytes of weights come to lie when they are widened in
 * place. */
#define ROWS_I8 4
#define WIDTH_I8 1
#define WIDTH_I8_ONE_ROW 4
#define WIDTH_I7 1
#define WIDTH_I7_TWO_ROWS 2
#define WIDTH_I7_ONE_ROW 4
#define PARTS_I7_ONE_ROW 1
/* Inputs after which sums of 32 bits could overflow. */
#define RUN_I8 512

typedef int16_t i16x16 __attribute__((vector_size(32)));
typedef int16_t i16x16_unaligned __attribute__((vector_size(32), aligned(2), may_alias));
typedef int32_t i32x8 __attribute__((vector_size(32)));
typedef int8_t i8x32 __attribute__((vector_size(32)));
typedef uint8_t u8x32 __attribute__((vector_size(32)));

/* Inputs 0 and 2 for every output, and 1 and 3. */
typedef struct {
    i16x16 even, odd;
} four_inputs;

/* Outputs 0 to 7 and 8 to 15: sums of this run, and of those before it as 65536 upper + lower. */
typedef struct {
    i32x8 run[2], upper[2], lower[2];
} sums_i8;

/* Sixteen numbers of a row, from number i on. */
ALWAYS_INLINE void store_fixed(uint8_t *row, size_t inner, size_t i, i32x16 whole) {
    (void)inner;
    whole = __builtin_shufflevector(whole, whole, 0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15);
    *(i16x16_unaligned *)(row + 2 * i) = __builtin_convertvector(whole, i16x16);
}

ALWAYS_INLINE i16x16 two_numbers(const uint8_t *p) {
    int32_t two;
    memcpy(&two, p, sizeof two);
    return (i16x16)((i32x8){0} + two);
}

ALWAYS_INLINE four_inputs load_four(const uint8_t *row, size_t inner, size_t i) {
    (void)inner;
    return (four_inputs){two_numbers(row + 2 * i), two_numbers(row + 2 * i + 4)};
}

ALWAYS_INLINE i32x8 sum_pairs(i16x16 a, i16x16 b) {
#if defined(__x86_64__)
    return (i32x8)__builtin_ia32_pmaddwd256(a, b);
#else
    const i32x8 left = (i32x8)a, right = (i32x8)b;
    return (left << 16 >> 16) * (right << 16 >> 16) + (left >> 16) * (right >> 16);
#endif
}

ALWAYS_INLINE void accumulate_i8(sums_i8 *sums, const int8_t *w, const four_inputs *x) {
    _Pragma("unroll") for (int half = 0; half < 2; ++half) {
        const i16x16 bytes = *(const i16x16 *)(w + 32 * half);
        sums->run[half] += sum_pairs(bytes << 8 >> 8, x->even);
        sums->run[half] += sum_pairs(bytes >> 8, x->odd);
    }
}

ALWAYS_INLINE void settle_i8(sums_i8 *sums) {
    for (int half = 0; half < 2; ++half) {
        sums->upper[half] += sums->run[half] >> 16;
        sums->lower[half] += sums->run[half] & 65535;
        sums->run[half] = (i32x8){0};
    }
}

ALWAYS_INLINE wide_i32x16 total_i8(const sums_i8 *sums, const int32_t *weight_sums) {
    (void)weight_sums;
#define JOIN(part) \
    __builtin_shufflevector(sums->part[0], sums->part[1], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    const i32x16 lower = JOIN(lower);
    return (wide_i32x16){JOIN(upper) + (lower >> 16), lower & 65535};
#undef JOIN
}

/* Sums of products of bytes from 0 to 127 with signed bytes, pair by pair: 16 bits hold one of them, and two where the
 * signed bytes' magnitudes are 64 at most. */
ALWAYS_INLINE i16x16 sum_pairs_i7(u8x32 x, i8x32 w) {
#if defined(__x86_64__)
    return (i16x16)__builtin_ia32_pmaddubsw256((i8x32)x, w);
#else
    const i16x16 bytes = (i16x16)w, numbers = (i16x16)x;
    return (bytes << 8 >> 8) * (numbers & 255) + (bytes >> 8) * (numbers >> 8);
#endif
}

ALWAYS_INLINE i32x16 add_pairs_i7(i32x16 sums, i16x16 low, i16x16 high) {
    const i32x8 added[2] = {sum_pairs(low, (i16x16){0} + 1), sum_pairs(high, (i16x16){0} + 1)};
    return sums + __builtin_shufflevector(added[0], added[1], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

/* Adds four inputs x of sixteen outputs, whose weights are at w. */
ALWAYS_INLINE i32x16 add_four_i7(i32x16 sums, const int8_t *w, const uint8_t *x) {
    const u8x32 four = (u8x32)two_numbers(x);
    return add_pairs_i7(sums, sum_pairs_i7(four, *(const i8x32 *)w), sum_pairs_i7(four, *(const i8x32 *)(w + 32)));
}

/* Adds eight inputs x of sixteen outputs, whose weights are at w and, of the last four, one step further on. */
ALWAYS_INLINE i32x16 add_eight_i7(i32x16 sums, const int8_t *w, const uint8_t *x) {
    const u8x32 first = (u8x32)two_numbers(x), second = (u8x32)two_numbers(x + 4);
    const int8_t *next = w + 4 * AUDIOLM_PANEL_I8;
    return add_pairs_i7(sums, sum_pairs_i7(first, *(const i8x32 *)w) + sum_pairs_i7(second, *(const i8x32 *)next),
                        sum_pairs_i7(first, *(const i8x32 *)(w + 32)) + sum_pairs_i7(second, *(const i8x32 *)(next + 32)));
}
