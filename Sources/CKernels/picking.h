/* What the reference and the vector kernels share of drawing a token. */
#ifndef AUDIOLM_PICKING_H
#define AUDIOLM_PICKING_H
#include "constants.h"
#include "tables.h"

/* The last weight that is not 0 of the first n, or n where there is none. */
static inline size_t last_weight(const float *weights, size_t n) {
    for (size_t i = n; i > 0; --i)
        if (weights[i - 1] > 0) return i - 1;
    return n;
}

/* Where the running sum, `sum` before place `begin`, passes the threshold within a block, in which it does, but for rounding. */
static inline size_t pick_in_block(const float *weights, size_t begin, size_t n, float sum, float threshold) {
    const size_t end = n - begin > AUDIOLM_LANES ? begin + AUDIOLM_LANES : n;
    for (size_t i = begin; i < end; ++i) {
        sum = sum + weights[i];
        if (sum > threshold) return i;
    }
    return last_weight(weights, end);
}

#endif
