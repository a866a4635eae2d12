/* Scalar functions and reductions of the reference kernels: the definition that vector variants reproduce bit
 * for bit. */
#ifndef AUDIOLM_REFERENCE_MATH_H
#define AUDIOLM_REFERENCE_MATH_H
#include "../constants.h"
#include "../tables.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

static inline float ref_exp(float x) {
    x = fminf(fmaxf(x, EXP_MIN), EXP_MAX);
    const float n = rintf(x * LOG2_E);
    float r = fmaf(-n, LN2_HIGH, x);
    r = fmaf(-n, LN2_LOW, r);
    float p = fmaf(r, EXP_C7, EXP_C6);
    p = fmaf(r, p, EXP_C5);
    p = fmaf(r, p, EXP_C4);
    p = fmaf(r, p, EXP_C3);
    p = fmaf(r, p, 0.5f);
    p = fmaf(r, p, 1.0f);
    p = fmaf(r, p, 1.0f);
    const int32_t bits = ((int32_t)n + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}

static inline float ref_log2(float x) {
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    const int32_t exponent = (bits - LOG_LEAST) >> 23;
    bits -= exponent * (1 << 23);
    float m;
    memcpy(&m, &bits, sizeof m);
    const float s = (m - 1.0f) / (m + 1.0f), square = s * s;
    float p = fmaf(square, LOG_C9, LOG_C7);
    p = fmaf(square, p, LOG_C5);
    p = fmaf(square, p, LOG_C3);
    p = fmaf(square, p, 2.0f);
    return fmaf(s * p, LOG2_E, (float)exponent);
}

static inline void ref_rotation(float turns, float *cosine, float *sine) {
    const float halves = rintf(turns + turns);
    const float r = fmaf(halves, -0.5f, turns), square = r * r;
    float s = fmaf(square, SIN_C13, SIN_C11);
    s = fmaf(square, s, SIN_C9);
    s = fmaf(square, s, SIN_C7);
    s = fmaf(square, s, SIN_C5);
    s = fmaf(square, s, SIN_C3);
    s = fmaf(square, s, SIN_C1);
    float c = fmaf(square, COS_C14, COS_C12);
    c = fmaf(square, c, COS_C10);
    c = fmaf(square, c, COS_C8);
    c = fmaf(square, c, COS_C6);
    c = fmaf(square, c, COS_C4);
    c = fmaf(square, c, COS_C2);
    c = fmaf(square, c, 1.0f);
    const int odd = (int32_t)halves & 1;
    *cosine = odd ? -c : c;
    *sine = odd ? -(r * s) : r * s;
}

static inline float ref_sigmoid(float x) { return 1.0f / (1.0f + ref_exp(-x)); }

/* Folds sixteen lanes: 16 -> 8 -> 4 -> 2 -> 1, each lane with the one half a width above it. */
static inline float ref_fold(float lanes[AUDIOLM_LANES]) {
    for (size_t half = AUDIOLM_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; ++i) lanes[i] = lanes[i] + lanes[i + half];
    return lanes[0];
}

static inline float ref_sum(const float *x, size_t n) {
    float lanes[AUDIOLM_LANES] = {0};
    for (size_t i = 0; i < n; ++i) lanes[i % AUDIOLM_LANES] = lanes[i % AUDIOLM_LANES] + x[i];
    return ref_fold(lanes);
}

static inline float ref_dot(const float *a, const float *b, size_t n) {
    float lanes[AUDIOLM_LANES] = {0};
    for (size_t i = 0; i < n; ++i) lanes[i % AUDIOLM_LANES] = fmaf(a[i], b[i], lanes[i % AUDIOLM_LANES]);
    return ref_fold(lanes);
}

static inline float ref_max(const float *x, size_t n) {
    float best = x[0];
    for (size_t i = 1; i < n; ++i) best = fmaxf(best, x[i]);
    return best;
}

/* Replaces x by exp(x - max) and returns the sum. */
static inline float ref_exponentials(float *x, size_t n) {
    const float top = ref_max(x, n);
    for (size_t i = 0; i < n; ++i) x[i] = ref_exp(x[i] - top);
    return ref_sum(x, n);
}

#endif
