/* Keys and values of attention as bytes. */

typedef int8_t i8x16 __attribute__((vector_size(16)));

/* Up to sixteen numbers as bytes; what is no number counts for nothing. */
ALWAYS_INLINE i8x16 bytes_of(const float *x, size_t left, float factor) {
    const f32x16 exact = left >= LANES ? load(x) : load_part(x, left);
    return __builtin_convertvector(
        __builtin_convertvector(__builtin_elementwise_roundeven(exact * splat(factor)), i32x16), i8x16);
}

ALWAYS_INLINE void remember_key(const audiolm_past *past, size_t at, const float *key, size_t dim) {
    int8_t *bytes = past->keys + at / LANES * LANES * past->width + at % LANES * 4;
    const float top = magnitude_of(key, dim);
    const int silent = top < FIXED_SILENCE;
    const float factor = silent ? 0 : BYTE_TOP / top;
    i32x16 sum = {0};
    for (size_t d = 0; d < dim; d += LANES) {
        const i8x16 whole = bytes_of(key + d, dim - d, factor);
        sum += __builtin_convertvector(whole, i32x16);
        for (size_t i = 0; i < LANES; i += 4) memcpy(bytes + (d + i) * LANES, (const int8_t *)&whole + i, 4);
    }
    past->key_sums[at] = __builtin_reduce_add(sum);
    past->key_scale[at] = silent ? 0 : top / BYTE_TOP;
}

ALWAYS_INLINE void remember_value(const audiolm_past *past, size_t at, const float *value, size_t dim) {
    int8_t *bytes = past->values + at / 4 * 4 * past->width + at % 4;
    const float top = magnitude_of(value, dim);
    const int silent = top < FIXED_SILENCE;
    const float factor = silent ? 0 : BYTE_TOP / top;
    for (size_t d = 0; d < dim; d += LANES) {
        const i8x16 whole = bytes_of(value + d, dim - d, factor);
        for (size_t i = 0; i < LANES; ++i) bytes[(d + i) * 4] = whole[i];
    }
    past->value_scale[at] = silent ? 0 : top / BYTE_TOP;
}

static void remember(const audiolm_past *past, size_t head, size_t place, const float *key, const float *value, size_t dim) {
    remember_key(past, head * past->capacity + place, key, dim);
    remember_value(past, head * past->capacity + place, value, dim);
}
