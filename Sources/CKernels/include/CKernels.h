/* Compute kernels of audiolm-swift.
 *
 * Every kernel exists as a plain C reference and as vector variants (AVX2, AVX-512, AMX, NEON). All of them perform
 * the same floating-point operations in the same order for each output element: sums run over sixteen lanes that
 * are folded by a fixed tree, products of matrices accumulate over the inner dimension in ascending order with
 * fused multiply-adds, or, where weights have 8 bits, as exact whole numbers. So a result depends neither on the instruction set nor on the number of rows computed
 * together nor on the thread that computes it, and the variants are tested for bitwise equality.
 *
 * Kernels allocate nothing, start no threads and keep no state. Row-major f32 throughout; strides are in
 * elements. */
#ifndef AUDIOLM_KERNELS_H
#define AUDIOLM_KERNELS_H
#include "PhaseIntegration.h"
#include <stddef.h>
#include <stdint.h>

/* Columns of one weight panel, and lanes of every reduction. */
#define AUDIOLM_LANES 16
/* Queries of attention for which keys and values may be read once. */
#define AUDIOLM_QUERIES 4
/* Columns of one panel of 8-bit weights, and what the number of their inputs is padded to a multiple of. */
#define AUDIOLM_PANEL_I8 64

/* y[r, n] = scale[n] * sum_k x[r, k] * W[n, k] + bias[n].
 * W is packed in panels of 16 outputs, [ceil(outputs / 16)][inner][16], padded with zeros. scale and bias hold
 * ceil(outputs / 16) * 16 floats, or are NULL. Rows of x may overlap (a convolution is a product whose row
 * stride is smaller than its inner dimension). */
typedef struct {
    const float *_Nonnull x;
    size_t x_stride;
    const void *_Nonnull panels;
    const float *_Nullable scale;
    const float *_Nullable bias;
    float *_Nonnull y;
    size_t y_stride;
    size_t inner;
    size_t outputs;
} audiolm_gemm;

/* Rows of floats as 16-bit numbers of a scale each: x[r, i] = scale[r] * fixed[r, i] within half a scale, the greatest
 * magnitude being 32767, or no number but zero. A row has `count` numbers, then zeros up to `inner`, a multiple of 64.
 * `fixed` takes 2 * inner bytes a row, in an order that is each table's own. */
typedef struct {
    const float *_Nonnull x;
    size_t x_stride, count, inner;
    void *_Nonnull fixed;
    float *_Nonnull scale;
} audiolm_fixed_point;

/* Rows of floats as 7-bit numbers of a scale each, the greatest magnitude being 63. `rounded` takes inner bytes a row, the
 * numbers plus 64; kept[r] is the length of scale[r] * numbers, lost[r] that of the rest of x, or both are NULL. */
typedef struct {
    const float *_Nonnull x;
    size_t x_stride, count, inner;
    uint8_t *_Nonnull rounded;
    float *_Nonnull scale;
    float *_Nullable kept;
    float *_Nullable lost;
} audiolm_seven_bits;

/* y[r, n] = scale[n] * x_scale[r] * sum_k x[r, k] * W[n, k] + bias[n] + x_lost[r] * length[n] + x_kept[r] * lost[n] for rows
 * of seven bits. W is packed as below, its magnitudes 64 at most. Where length and lost are those of the exact weights and
 * of what their rounding took, this is no less than the exact product plus bias (Cauchy and Schwarz).
 * maxima, [rows][ceil(outputs / 64)][16], are the greatest of each panel's y[r, n], y[r, n + 16], y[r, n + 32] and
 * y[r, n + 48]. */
typedef struct {
    const uint8_t *_Nonnull x;
    const float *_Nonnull x_scale;
    const float *_Nonnull x_kept;
    const float *_Nonnull x_lost;
    const int8_t *_Nonnull panels;
    const int32_t *_Nonnull sums;
    const float *_Nonnull scale;
    const float *_Nonnull bias;
    const float *_Nonnull length;
    const float *_Nonnull lost;
    float *_Nonnull y;
    size_t y_stride;
    float *_Nonnull maxima;
    size_t inner;
    size_t outputs;
} audiolm_bounds_i7;

/* y[r, n] = scale[n] * x_scale[r] * sum_k x[r, k] * W[n, k] + bias[n] for rows in fixed point of the same table, or rows of
 * seven bits; there are 65536 inputs at most, and x has memory for a multiple of sixteen rows.
 * W is packed in panels of 64 outputs, [ceil(outputs / 64)][inner / 4][64][4], padded with zeros and aligned to 64
 * bytes. sums, scale and bias hold ceil(outputs / 64) * 64 numbers; sums are those of each output's weights. */
typedef struct {
    const void *_Nonnull x;
    const float *_Nonnull x_scale;
    const int8_t *_Nonnull panels;
    const int32_t *_Nonnull sums;
    const float *_Nonnull scale;
    const float *_Nullable bias;
    float *_Nonnull y;
    size_t y_stride;
    size_t inner;
    size_t outputs;
} audiolm_gemm_i8;

/* The part of a product that one call computes: rows and panels, half-open. */
typedef struct {
    size_t row_begin, row_end, panel_begin, panel_end;
} audiolm_tile;

/* Keys and values as bytes of a scale each, the greatest magnitude being 127: head by head in rings of `capacity` places, a
 * multiple of 16, position p in place p % capacity. A row has `width` numbers, a multiple of 16, the last of them zeros.
 * keys is [heads][capacity / 16][width / 4][16][4], four numbers of a place side by side; values is
 * [heads][capacity / 16][4][width][4], those of four places. The others are [heads][capacity], key_sums those of each key's
 * bytes. Keys and values are aligned to 64 bytes. */
typedef struct {
    int8_t *_Nonnull keys;
    int8_t *_Nonnull values;
    float *_Nonnull key_scale;
    int32_t *_Nonnull key_sums;
    float *_Nonnull value_scale;
    size_t capacity, width;
} audiolm_past;

/* Softmax attention of several queries over keys and values, head by head.
 * Row i of q (i-th query) stands at position first_position + i; its heads lie side by side. It sees the `window`
 * positions up to its own, or all where there are fewer; with a window of 0 every query sees all positions before
 * first_position. Queries are rounded to seven bits, and so are softmax weights
 * times their values' scales, by the greatest of each query. y and q do not overlap: a query may be answered twice. Scratch is audiolm_attention_scratch bytes, aligned to 64. */
typedef struct {
    const float *_Nonnull q;
    size_t q_stride;
    audiolm_past past;
    float *_Nonnull y;
    size_t y_stride;
    size_t head_dim;
    size_t first_position, window;
    float score_scale;
} audiolm_attention;

/* The same of branches of one sequence, with a window, which all stand at first_position: row i of q is branch i's
 * query. Positions before `branched` are in the ring for all of them; the others are each branch's own, in `own`, whose
 * arrays are [branches][heads] where those of the ring are [heads], position p in place p - branched + branched % 16. */
typedef struct {
    audiolm_attention shared;
    audiolm_past own;
    size_t heads, branched;
} audiolm_branched_attention;

/* Scratch memory of attention to `seen` positions at most, in bytes. */
static inline size_t audiolm_attention_scratch(size_t seen, size_t width) {
    const size_t span = (seen + AUDIOLM_QUERIES + 3 * AUDIOLM_LANES) / AUDIOLM_LANES * AUDIOLM_LANES;
    /* Scores, scales, weights twice; queries. */
    return span * (4 + 4 + 2) * AUDIOLM_QUERIES + AUDIOLM_QUERIES * width;
}

/* Fourier transforms of sixteen real frames of `size` samples side by side, a power of two and at least 4: arrays
 * are [..][16]. cosine and sine hold cos and -sin of 2 pi k / size for k = 0 ... size / 2; reversed tells where
 * each of the size / 2 complex numbers of the transform comes from, its index with the bits in reverse. */
typedef struct {
    size_t size;
    const float *_Nonnull cosine;
    const float *_Nonnull sine;
    const uint32_t *_Nonnull reversed;
} audiolm_fft;

/* y[t, c] = bias[c] + sum_j weight[j, c] * x[t + j * dilation, c]; x holds frames + (taps - 1) * dilation rows. */
typedef struct {
    const float *_Nonnull x;
    const float *_Nonnull weight;
    const float *_Nullable bias;
    float *_Nonnull y;
    size_t frames, channels, taps, dilation;
} audiolm_depthwise;

/* A step of a beam search: the squared length of what it leaves over, the path that it goes on from, and its code. */
typedef struct {
    float error;
    uint32_t origin, code;
} audiolm_step;

/* The steps of several paths that leave least over, least first and of equal ones the earlier path and code; where there
 * are fewer than `kept`, steps of infinite error at the end. residuals, [paths][dimension], is what each path leaves over,
 * energies its squared length; codebook is [codes][dimension]; bounds, [paths][codes], are no less than residual . code -
 * |code|^2 / 2, half of what a step takes off; maxima are as audiolm_bounds_i7 has them. steps has room for `kept`, 1 or
 * more. */
typedef struct {
    const float *_Nonnull bounds;
    const float *_Nonnull maxima;
    const float *_Nonnull energies;
    const float *_Nonnull residuals;
    const float *_Nonnull codebook;
    size_t paths, codes, dimension, kept;
    audiolm_step *_Nonnull steps;
} audiolm_step_choice;

/* One implementation of every kernel. */
typedef struct {
    const char *_Nonnull name;
    void (*_Nonnull gemm_f32)(const audiolm_gemm *_Nonnull, audiolm_tile);
    /* Weights are the upper halves of f32 (bfloat16), widened exactly. */
    void (*_Nonnull gemm_bf16)(const audiolm_gemm *_Nonnull, audiolm_tile);
    /* Of rows in fixed point, and of rows of seven bits. */
    void (*_Nonnull gemm_i8)(const audiolm_gemm_i8 *_Nonnull, audiolm_tile);
    void (*_Nonnull gemm_i7)(const audiolm_gemm_i8 *_Nonnull, audiolm_tile);
    void (*_Nonnull bounds_i7)(const audiolm_bounds_i7 *_Nonnull, audiolm_tile);
    /* Rows [begin, end). */
    void (*_Nonnull fixed_point)(const audiolm_fixed_point *_Nonnull, size_t begin, size_t end);
    void (*_Nonnull seven_bits)(const audiolm_seven_bits *_Nonnull, size_t begin, size_t end);
    /* Sets a head's rows of a past, from a position on, to keys and values of `dim` numbers, `stride` apart. */
    void (*_Nonnull remember)(const audiolm_past *_Nonnull, size_t head, size_t position, size_t count,
                              const float *_Nonnull keys, const float *_Nonnull values, size_t stride, size_t dim);
    /* Queries [query_begin, query_end) of heads [head_begin, head_end). */
    void (*_Nonnull attention)(const audiolm_attention *_Nonnull, size_t query_begin, size_t query_end,
                               size_t head_begin, size_t head_end, void *_Nonnull scratch);
    /* Branches [begin, end) of heads [head_begin, head_end). */
    void (*_Nonnull branched_attention)(const audiolm_branched_attention *_Nonnull, size_t begin, size_t end,
                                        size_t head_begin, size_t head_end, void *_Nonnull scratch);
    /* Output frames [begin, end). */
    void (*_Nonnull depthwise)(const audiolm_depthwise *_Nonnull, size_t begin, size_t end);
    /* Rows of x [rows, n] in place: softmax; (x - mean) / sqrt(var + eps) * weight + bias. x / rms * weight into y, which may
     * be x. */
    void (*_Nonnull softmax)(float *_Nonnull x, size_t rows, size_t n);
    void (*_Nonnull layer_norm)(float *_Nonnull x, size_t rows, size_t n, const float *_Nonnull weight,
                                const float *_Nonnull bias, float epsilon);
    void (*_Nonnull rms_norm)(const float *_Nonnull x, size_t rows, size_t n, const float *_Nonnull weight,
                              float epsilon, float *_Nonnull y);
    /* Rotates each head of each row in place: pairs (i, i + dim / 2); cosine and sine are [rows, dim / 2]. */
    void (*_Nonnull rope)(float *_Nonnull x, size_t rows, size_t stride, size_t heads, size_t dim,
                          const float *_Nonnull cosine, const float *_Nonnull sine);
    /* Up to sixteen rows of n numbers, `stride` apart, side by side: lanes[i][r] is rows[r][i], and 0 where there is no row
     * r; and back, where lanes without a row are left out. */
    void (*_Nonnull rows_to_lanes)(const float *_Nonnull rows, size_t stride, size_t count, size_t n, float *_Nonnull lanes);
    void (*_Nonnull lanes_to_rows)(const float *_Nonnull lanes, size_t n, float *_Nonnull rows, size_t stride, size_t count);
    /* Real frames to their bins, in place: real and imaginary hold [size / 2 + 1][16]. On entry place i holds the
     * frame's samples 2 reversed[i] and 2 reversed[i] + 1, on return bin i. */
    void (*_Nonnull fft_bins)(const audiolm_fft *_Nonnull, float *_Nonnull real, float *_Nonnull imaginary);
    /* Bins to size / 2 times the samples of their real frames: place i then holds samples 2 i and 2 i + 1. */
    void (*_Nonnull fft_samples)(const audiolm_fft *_Nonnull, float *_Nonnull real, float *_Nonnull imaginary);
    /* Elementwise in place: exp(x); log2(x) of normal, positive x. */
    void (*_Nonnull exponential)(float *_Nonnull x, size_t n);
    void (*_Nonnull logarithm2)(float *_Nonnull x, size_t n);
    /* The cosine and sine of angles in turns, in place of the angles and into sine. */
    void (*_Nonnull rotation)(float *_Nonnull turns, float *_Nonnull sine, size_t n);
    /* Elementwise in place: the tanh approximation of GELU; x * sigmoid(x); sigmoid(x); x *= silu(gate). */
    void (*_Nonnull gelu_tanh)(float *_Nonnull x, size_t n);
    void (*_Nonnull silu)(float *_Nonnull x, size_t n);
    void (*_Nonnull sigmoid)(float *_Nonnull x, size_t n);
    void (*_Nonnull multiply_silu)(float *_Nonnull x, const float *_Nonnull gate, size_t n);
    /* Index of the largest of n > 0 values, the first of equals: the nearest code, given the values
     * dot(x, code) - |code|^2 / 2. */
    size_t (*_Nonnull argmax)(const float *_Nonnull x, size_t n);
    /* Where the running sum of n > 0 weights that are not negative passes `chance` of the whole, `chance` being at least 0 and
     * less than 1; n where all are 0. Sums are made of sixteen at a time. */
    size_t (*_Nonnull pick)(const float *_Nonnull weights, size_t n, float chance);
    /* The sum of (x[i] - y[i])^2. */
    float (*_Nonnull squared_distance)(const float *_Nonnull x, const float *_Nonnull y, size_t n);
    void (*_Nonnull nearest_steps)(const audiolm_step_choice *_Nonnull);
} audiolm_kernels;

typedef enum {
    AUDIOLM_ISA_REF,
    AUDIOLM_ISA_AVX2,
    /* AVX2 with products of bytes (AVX-VNNI). */
    AUDIOLM_ISA_AVXVNNI,
    AUDIOLM_ISA_AVX512,
    /* AVX-512 with products of bytes (VNNI), and with a matrix unit beside it (AMX). */
    AUDIOLM_ISA_VNNI,
    AUDIOLM_ISA_AMX,
    AUDIOLM_ISA_NEON
} audiolm_isa;

/* The kernels of one instruction set, or NULL where this machine or build lacks it. */
const audiolm_kernels *_Nullable audiolm_kernels_for(audiolm_isa isa);

/* The best kernels of this machine, or those named by the environment variable AUDIOLM_ISA
 * (ref, avx2, avxvnni, avx512, vnni, amx, neon) where available. */
const audiolm_kernels *_Nonnull audiolm_kernels_best(void);

/* Rows of bytes [outputs, inputs] into panels as audiolm_gemm_i8 has them, with `inner` inputs, a multiple of 64 whose rest
 * and missing outputs are left as they are, and the sum of each row. */
void audiolm_pack_i8(const int8_t *_Nonnull weights, size_t outputs, size_t inputs, size_t inner, int8_t *_Nonnull panels,
                     int32_t *_Nonnull sums);

/* Tells the processor that the caller is spinning. */
static inline void audiolm_cpu_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
