/* Keys and values of attention as bytes. */

typedef int8_t i8x16 __attribute__((vector_size(16)));
typedef int8_t i8x32 __attribute__((vector_size(32)));
typedef int8_t i8x64_unaligned __attribute__((vector_size(64), aligned(1), may_alias));
typedef int16_t i16x32 __attribute__((vector_size(64)));

/* Up to sixteen numbers as bytes; what is no number counts for nothing. */
ALWAYS_INLINE i8x16 bytes_of(const float *x, size_t left, float factor) {
    const f32x16 exact = left >= LANES ? load(x) : load_part(x, left);
    return __builtin_convertvector(nearest(exact * splat(factor)), i8x16);
}

/* The keys of `count` places that lie side by side: 1, or 4. */
ALWAYS_INLINE void remember_keys(const int count, const audiolm_past *past, size_t at, const float *keys, size_t stride, size_t dim) {
    int8_t *bytes = past->keys + at / LANES * LANES * past->width + at % LANES * 4;
    float factors[4];
    i32x16 sums[4] = {0};
    for (int r = 0; r < count; ++r)
        factors[r] = whole_factor(magnitude_of(keys + (size_t)r * stride, dim), BYTE_TOP, past->key_scale + at + r);
    for (size_t d = 0; d < dim; d += LANES) {
        i8x16 whole[4];
        _Pragma("unroll") for (int r = 0; r < count; ++r) {
            whole[r] = bytes_of(keys + (size_t)r * stride + d, dim - d, factors[r]);
            sums[r] += __builtin_convertvector(whole[r], i32x16);
        }
        _Pragma("unroll") for (size_t i = 0; i < LANES; i += 4)
            _Pragma("unroll") for (int r = 0; r < count; ++r)
                memcpy(bytes + (d + i) * LANES + 4 * r, (const int8_t *)&whole[r] + i, 4);
    }
    for (int r = 0; r < count; ++r) past->key_sums[at + (size_t)r] = __builtin_reduce_add(sums[r]);
}

/* Numbers of four rows, those of each dimension side by side. */
ALWAYS_INLINE i8x64_unaligned interleaved(const i8x16 rows[4]) {
#define PAIRS 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
    typedef int16_t i16x16 __attribute__((vector_size(32)));
    const i16x16 upper = (i16x16)__builtin_shufflevector(rows[0], rows[1], PAIRS);
    const i16x16 lower = (i16x16)__builtin_shufflevector(rows[2], rows[3], PAIRS);
    return (i8x64_unaligned)(i16x32)__builtin_shufflevector(upper, lower, PAIRS);
#undef PAIRS
}

ALWAYS_INLINE void remember_values(const int count, const audiolm_past *past, size_t at, const float *values, size_t stride, size_t dim) {
    int8_t *group = past->values + at / 4 * 4 * past->width;
    float factors[4];
    for (int r = 0; r < count; ++r)
        factors[r] = whole_factor(magnitude_of(values + (size_t)r * stride, dim), BYTE_TOP, past->value_scale + at + r);
    for (size_t d = 0; d < dim; d += LANES) {
        i8x16 whole[4];
        _Pragma("unroll") for (int r = 0; r < count; ++r)
            whole[r] = bytes_of(values + (size_t)r * stride + d, dim - d, factors[r]);
        if (count == 4)
            *(i8x64_unaligned *)(group + d * 4) = interleaved(whole);
        else {
            /* One byte of four of each dimension. */
            const int32_t shift = (int32_t)(at % 4 * 8);
            u32x16_unaligned *four = (u32x16_unaligned *)(group + d * 4);
            const u32x16 own = (u32x16){0} + (255u << shift);
            *four = (*four & ~own) | ((__builtin_convertvector((u8x16)whole[0], u32x16) << shift) & own);
        }
    }
}

static void remember(const audiolm_past *past, size_t head, size_t position, size_t count, const float *keys,
                     const float *values, size_t stride, size_t dim) {
    for (size_t row = 0; row < count;) {
        const size_t place = (position + row) % past->capacity, at = head * past->capacity + place;
        const float *key = keys + row * stride, *value = values + row * stride;
        if (place % 4 == 0 && row + 4 <= count) {
            remember_keys(4, past, at, key, stride, dim);
            remember_values(4, past, at, value, stride, dim);
            row += 4;
        } else {
            remember_keys(1, past, at, key, stride, dim);
            remember_values(1, past, at, value, stride, dim);
            row += 1;
        }
    }
}
