/* Sixteen-lane vectors in the compiler's own vector notation: one zmm, two ymm or four NEON registers. Included
 * by a translation unit inside its target attribute. */
#include "../constants.h"
#include "../picking.h"
#include "../tables.h"

#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
/* Vectors pass between functions that are always inlined: no calling convention is involved. */
#pragma clang diagnostic ignored "-Wpsabi"

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define LANES AUDIOLM_LANES

typedef float f32x16 __attribute__((vector_size(64)));
typedef float f32x16_unaligned __attribute__((vector_size(64), aligned(4), may_alias));
typedef float f32x8 __attribute__((vector_size(32)));
typedef float f32x4 __attribute__((vector_size(16)));
typedef float f32x2 __attribute__((vector_size(8)));
typedef int32_t i32x16 __attribute__((vector_size(64)));
typedef int32_t i32x16_unaligned __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint32_t u32x16 __attribute__((vector_size(64)));
typedef uint32_t u32x16_unaligned __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef uint8_t u8x16_unaligned __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint16_t u16x16_unaligned __attribute__((vector_size(32), aligned(2), may_alias));
/* Sixteen whole numbers of more than 32 bits, 65536 upper + lower, lower being 0 to 65535. */
typedef struct {
    i32x16 upper, lower;
} wide_i32x16;

ALWAYS_INLINE f32x16 splat(float s) { return (f32x16){s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s}; }

ALWAYS_INLINE f32x16 fma16(f32x16 a, f32x16 b, f32x16 c) { return __builtin_elementwise_fma(a, b, c); }

ALWAYS_INLINE f32x16 load(const float *p) { return *(const f32x16_unaligned *)p; }

ALWAYS_INLINE void store(float *p, f32x16 v) { *(f32x16_unaligned *)p = v; }

/* The first n < 16 lanes from memory, the others zero. */
ALWAYS_INLINE f32x16 load_part(const float *p, size_t n) {
    f32x16 v = splat(0);
    memcpy(&v, p, n * sizeof *p);
    return v;
}

ALWAYS_INLINE void store_part(float *p, f32x16 v, size_t n) { memcpy(p, &v, n * sizeof *p); }

/* As many of the sixteen lanes as n says at most. */
ALWAYS_INLINE void store_up_to(float *p, f32x16 v, size_t n) {
    if (n >= LANES)
        store(p, v);
    else
        store_part(p, v, n);
}

/* The lowest bytes of sixteen whole numbers. */
ALWAYS_INLINE void store_bytes(uint8_t *p, i32x16 v) { *(u8x16_unaligned *)p = __builtin_convertvector(v, u8x16_unaligned); }

/* The same of four times sixteen. */
ALWAYS_INLINE void store_64_bytes(uint8_t *p, const i32x16 v[4]) {
#if REGISTER_BYTES == 64
    typedef int16_t i16x32 __attribute__((vector_size(64)));
    typedef int8_t i8x64 __attribute__((vector_size(64)));
    /* Each quarter of a register is packed by itself. */
    const i16x32 low = (i16x32)__builtin_ia32_packssdw512(v[0] & 255, v[1] & 255);
    const i16x32 high = (i16x32)__builtin_ia32_packssdw512(v[2] & 255, v[3] & 255);
    const i32x16 packed = (i32x16)(i8x64)__builtin_ia32_packuswb512(low, high);
    *(i32x16_unaligned *)p = __builtin_shufflevector(packed, packed, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
#else
    for (int i = 0; i < 4; ++i) store_bytes(p + i * LANES, v[i]);
#endif
}

ALWAYS_INLINE f32x16 widen_f32(const float *p) { return load(p); }

ALWAYS_INLINE f32x16 widen_bf16(const uint16_t *p) {
    const u16x16_unaligned narrow = *(const u16x16_unaligned *)p;
    return (f32x16)(__builtin_convertvector(narrow, u32x16) << 16);
}

/* The lanes of x that are greater than those of `best`, and these: what is no number never is. One instruction, where the
 * compiler's maximum takes three. */
ALWAYS_INLINE f32x16 greater(f32x16 x, f32x16 best) {
    const i32x16 wins = x > best;
    return (f32x16)((wins & (i32x16)x) | (~wins & (i32x16)best));
}

ALWAYS_INLINE f32x16 lesser(f32x16 x, f32x16 best) {
    const i32x16 wins = x < best;
    return (f32x16)((wins & (i32x16)x) | (~wins & (i32x16)best));
}

/* x before lane n, and y from there on. */
ALWAYS_INLINE f32x16 until(size_t n, f32x16 x, f32x16 y) {
    const i32x16 before = (i32x16){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} < (i32x16){0} + (int32_t)n;
    return (f32x16)((before & (i32x16)x) | (~before & (i32x16)y));
}

/* The nearest whole numbers, of two the even one; the lower sixteen bits of what is no number are 0. */
ALWAYS_INLINE i32x16 nearest(f32x16 x) {
#if REGISTER_BYTES == 64
    return (i32x16)__builtin_ia32_cvtps2dq512_mask(x, (i32x16){0}, (uint16_t)-1, 4);
#elif REGISTER_BYTES == 32
    typedef int32_t i32x8 __attribute__((vector_size(32)));
    const i32x8 low = (i32x8)__builtin_ia32_cvtps2dq256(__builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7));
    const i32x8 high = (i32x8)__builtin_ia32_cvtps2dq256(__builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15));
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#else
    return __builtin_convertvector(__builtin_elementwise_roundeven(x), i32x16);
#endif
}

/* The greatest of sixteen numbers. */
ALWAYS_INLINE float greatest(f32x16 v) {
    v = greater(__builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7), v);
    v = greater(__builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11), v);
    v = greater(__builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13), v);
    v = greater(__builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14), v);
    return v[0];
}

ALWAYS_INLINE float fold(f32x16 v) {
    const f32x8 a = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
                    __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    const f32x4 b = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
    const f32x2 c = __builtin_shufflevector(b, b, 0, 1) + __builtin_shufflevector(b, b, 2, 3);
    return c[0] + c[1];
}

ALWAYS_INLINE f32x16 exp16(f32x16 x) {
    x = lesser(greater(x, splat(EXP_MIN)), splat(EXP_MAX));
    const i32x16 whole = nearest(x * splat(LOG2_E));
    const f32x16 n = __builtin_convertvector(whole, f32x16);
    f32x16 r = fma16(-n, splat(LN2_HIGH), x);
    r = fma16(-n, splat(LN2_LOW), r);
    f32x16 p = fma16(r, splat(EXP_C7), splat(EXP_C6));
    p = fma16(r, p, splat(EXP_C5));
    p = fma16(r, p, splat(EXP_C4));
    p = fma16(r, p, splat(EXP_C3));
    p = fma16(r, p, splat(0.5f));
    p = fma16(r, p, splat(1.0f));
    p = fma16(r, p, splat(1.0f));
    const i32x16 power = (whole + 127) << 23;
    return p * (f32x16)power;
}

ALWAYS_INLINE f32x16 log2_16(f32x16 x) {
    const i32x16 exponent = ((i32x16)x - LOG_LEAST) >> 23;
    const f32x16 m = (f32x16)((i32x16)x - (exponent << 23));
    const f32x16 s = (m - splat(1.0f)) / (m + splat(1.0f)), square = s * s;
    f32x16 p = fma16(square, splat(LOG_C9), splat(LOG_C7));
    p = fma16(square, p, splat(LOG_C5));
    p = fma16(square, p, splat(LOG_C3));
    p = fma16(square, p, splat(2.0f));
    return fma16(s * p, splat(LOG2_E), __builtin_convertvector(exponent, f32x16));
}

/* Half turns are taken off, and give the sign. */
ALWAYS_INLINE void rotation16(f32x16 turns, f32x16 *cosine, f32x16 *sine) {
    const f32x16 halves = __builtin_elementwise_roundeven(turns + turns);
    const f32x16 r = fma16(halves, splat(-0.5f), turns), square = r * r;
    f32x16 s = fma16(square, splat(SIN_C13), splat(SIN_C11));
    s = fma16(square, s, splat(SIN_C9));
    s = fma16(square, s, splat(SIN_C7));
    s = fma16(square, s, splat(SIN_C5));
    s = fma16(square, s, splat(SIN_C3));
    s = fma16(square, s, splat(SIN_C1));
    f32x16 c = fma16(square, splat(COS_C14), splat(COS_C12));
    c = fma16(square, c, splat(COS_C10));
    c = fma16(square, c, splat(COS_C8));
    c = fma16(square, c, splat(COS_C6));
    c = fma16(square, c, splat(COS_C4));
    c = fma16(square, c, splat(COS_C2));
    c = fma16(square, c, splat(1.0f));
    const i32x16 sign = __builtin_convertvector(halves, i32x16) << 31;
    *cosine = (f32x16)((i32x16)c ^ sign);
    *sine = (f32x16)((i32x16)(r * s) ^ sign);
}

ALWAYS_INLINE f32x16 sigmoid16(f32x16 x) { return splat(1.0f) / (splat(1.0f) + exp16(-x)); }

ALWAYS_INLINE f32x16 gelu_tanh16(f32x16 x) {
    return x * sigmoid16(x * fma16(splat(GELU_TANH_CUBIC), x * x, splat(GELU_TANH_LINEAR)));
}
