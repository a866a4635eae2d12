/* Four inputs of a product at once as two sums of two products of 16-bit numbers. A row is its numbers' upper 16 bits and
 * then their lower 8, these in 16 bits as well. */

/* Inputs after which sums of 32 bits could overflow. */
#define RUN_I8 512

typedef int16_t i16x16_unaligned __attribute__((vector_size(32), aligned(2), may_alias));
typedef int16_t i16x32 __attribute__((vector_size(64)));
typedef int64_t i64x8 __attribute__((vector_size(64)));
typedef int8_t i8x32 __attribute__((vector_size(32)));

typedef struct {
    i16x32 upper, lower;
} four_inputs;

/* Outputs 0 to 7 and 8 to 15, two sums for each: those of upper numbers, of this run and of those before it as 256 upper +
 * middle, and those of lower ones. */
typedef struct {
    i32x16 run[2], upper[2], middle[2], lower[2];
} sums_i8;

typedef struct {
    i32x16 upper, middle, lower;
} totals_i8;

/* Sixteen numbers of a row of `inner`, from number i on. */
ALWAYS_INLINE void store_fixed(uint8_t *row, size_t inner, size_t i, i32x16 whole) {
    *(i16x16_unaligned *)(row + 2 * i) = __builtin_convertvector(whole >> 8, i16x16_unaligned);
    *(i16x16_unaligned *)(row + 2 * (inner + i)) = __builtin_convertvector(whole & 255, i16x16_unaligned);
}

ALWAYS_INLINE i16x32 four_numbers(const uint8_t *p) {
    int64_t four;
    memcpy(&four, p, sizeof four);
    return (i16x32)((i64x8){0} + four);
}

ALWAYS_INLINE four_inputs load_four(const uint8_t *row, size_t inner, size_t i) {
    return (four_inputs){four_numbers(row + 2 * i), four_numbers(row + 2 * (inner + i))};
}

ALWAYS_INLINE i32x16 sum_pairs(i16x32 a, i16x32 b) {
#if defined(__x86_64__)
    typedef int16_t i16x16_half __attribute__((vector_size(32)));
    typedef int32_t i32x8 __attribute__((vector_size(32)));
#define LOWER 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
#define UPPER 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    const i32x8 low = __builtin_ia32_pmaddwd256((i16x16_half)__builtin_shufflevector(a, a, LOWER),
                                                (i16x16_half)__builtin_shufflevector(b, b, LOWER));
    const i32x8 high = __builtin_ia32_pmaddwd256((i16x16_half)__builtin_shufflevector(a, a, UPPER),
                                                 (i16x16_half)__builtin_shufflevector(b, b, UPPER));
    return __builtin_shufflevector(low, high, LOWER);
#undef LOWER
#undef UPPER
#else
    typedef int32_t i32x32 __attribute__((vector_size(128)));
    const i32x32 products = __builtin_convertvector(a, i32x32) * __builtin_convertvector(b, i32x32);
    return __builtin_shufflevector(products, products, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30) +
           __builtin_shufflevector(products, products, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
#endif
}

ALWAYS_INLINE void accumulate_i8(sums_i8 *sums, const int8_t *w, const four_inputs *x) {
    for (int half = 0; half < 2; ++half) {
        const i16x32 weights = __builtin_convertvector(*(const i8x32 *)(w + 32 * half), i16x32);
        sums->run[half] += sum_pairs(weights, x->upper);
        sums->lower[half] += sum_pairs(weights, x->lower);
    }
}

ALWAYS_INLINE void settle_i8(sums_i8 *sums) {
    for (int half = 0; half < 2; ++half) {
        sums->upper[half] += sums->run[half] >> 8;
        sums->middle[half] += sums->run[half] & 255;
        sums->run[half] = (i32x16){0};
    }
}

ALWAYS_INLINE i32x16 add_pairs(const i32x16 *halves) {
    return __builtin_shufflevector(halves[0], halves[1], 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30) +
           __builtin_shufflevector(halves[0], halves[1], 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

ALWAYS_INLINE totals_i8 total_i8(const sums_i8 *sums, const int32_t *weight_sums) {
    (void)weight_sums;
    return (totals_i8){add_pairs(sums->upper), add_pairs(sums->middle), add_pairs(sums->lower)};
}
