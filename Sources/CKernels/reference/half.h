/* Half-precision floats in plain C, for processors that do not convert them. */
#ifndef AUDIOLM_REFERENCE_HALF_H
#define AUDIOLM_REFERENCE_HALF_H
#include "math.h"

/* A half's numbers are whole steps, 1024 to 2047 of them where it is normal; a step is 2^(exponent - 10). */
static inline uint16_t ref_half(float x) {
    x = fminf(fmaxf(x, -HALF_TOP), HALF_TOP);
    const int least = -14, exponent = ilogbf(x) > least ? ilogbf(x) : least;
    const int steps = (int)rintf(ldexpf(fabsf(x), 10 - exponent));
    return (uint16_t)((signbit(x) ? 0x8000 : 0) + ((exponent - least) << 10) + steps);
}

/* A half that is finite. Its exponent, taken for a float's, is 112 too small. */
static inline float ref_widen_half(uint16_t half) {
    const uint32_t bits = (uint32_t)(half & 0x7fff) << 13;
    float magnitude;
    memcpy(&magnitude, &bits, sizeof magnitude);
    magnitude *= 0x1p112f;
    return half & 0x8000 ? -magnitude : magnitude;
}

static inline float ref_dot_half(const float *a, const uint16_t *b, size_t n) {
    float lanes[AUDIOLM_LANES] = {0};
    for (size_t i = 0; i < n; ++i)
        lanes[i % AUDIOLM_LANES] = fmaf(a[i], ref_widen_half(b[i]), lanes[i % AUDIOLM_LANES]);
    return ref_fold(lanes);
}

#endif
