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

/* The sum of as many as `left` of sixteen weights at most. */
typedef float (*block_sum)(const float *weights, size_t left);

/* Where the running sum, `sum` before place `begin`, passes the threshold within a block, in which it does, but for rounding. */
static inline size_t pick_in_block(const float *weights, size_t begin, size_t n, float sum, float threshold) {
    const size_t end = n - begin > AUDIOLM_LANES ? begin + AUDIOLM_LANES : n;
    for (size_t i = begin; i < end; ++i) {
        sum = sum + weights[i];
        if (sum > threshold) return i;
    }
    return last_weight(weights, end);
}

/* See `pick` of audiolm_kernels, by sums that a table makes in its own way. */
static inline size_t pick_by(block_sum sum_of, const float *weights, size_t n, float chance) {
    float total = 0, sum = 0;
    for (size_t i = 0; i < n; i += AUDIOLM_LANES) total = total + sum_of(weights + i, n - i);
    const float threshold = total * chance;
    for (size_t i = 0; i < n; i += AUDIOLM_LANES) {
        const float next = sum + sum_of(weights + i, n - i);
        if (next > threshold) return pick_in_block(weights, i, n, sum, threshold);
        sum = next;
    }
    return last_weight(weights, n);
}

#endif
