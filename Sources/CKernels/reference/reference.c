/* Plain C kernels: the oracle of the tests, and the fallback on processors without vector variants. */
#include "fft.h"
#include "math.h"
#include "../picking.h"

#pragma STDC FP_CONTRACT OFF

static float widen_f32(const void *weights, size_t i) { return ((const float *)weights)[i]; }

static float widen_bf16(const void *weights, size_t i) {
    const uint32_t bits = (uint32_t)((const uint16_t *)weights)[i] << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void gemm(const audiolm_gemm *g, audiolm_tile tile, float (*widen)(const void *, size_t)) {
    for (size_t row = tile.row_begin; row < tile.row_end; ++row) {
        const float *x = g->x + row * g->x_stride;
        for (size_t panel = tile.panel_begin; panel < tile.panel_end; ++panel) {
            for (size_t lane = 0; lane < AUDIOLM_LANES; ++lane) {
                const size_t output = panel * AUDIOLM_LANES + lane;
                if (output >= g->outputs) break;
                float sum = 0;
                for (size_t i = 0; i < g->inner; ++i)
                    sum = fmaf(x[i], widen(g->panels, (panel * g->inner + i) * AUDIOLM_LANES + lane), sum);
                if (g->scale) sum = sum * g->scale[output];
                if (g->bias) sum = sum + g->bias[output];
                g->y[row * g->y_stride + output] = sum;
            }
        }
    }
}

static void gemm_f32(const audiolm_gemm *g, audiolm_tile tile) { gemm(g, tile, widen_f32); }
static void gemm_bf16(const audiolm_gemm *g, audiolm_tile tile) { gemm(g, tile, widen_bf16); }

/* An output's weights, the i-th at (i / 4) * 4 * AUDIOLM_PANEL_I8 + i % 4. */
static const int8_t *ref_weights(const int8_t *panels, size_t inner, size_t output) {
    return panels + output / AUDIOLM_PANEL_I8 * inner * AUDIOLM_PANEL_I8 + output % AUDIOLM_PANEL_I8 * 4;
}

static int64_t ref_sum_i16(const int16_t *x, const int8_t *w, size_t inner) {
    int64_t sum = 0;
    for (size_t i = 0; i < inner; ++i) sum += (int64_t)x[i] * w[i / 4 * 4 * AUDIOLM_PANEL_I8 + i % 4];
    return sum;
}

static int32_t ref_sum_i7(const uint8_t *x, const int8_t *w, size_t inner) {
    int32_t sum = 0;
    for (size_t i = 0; i < inner; ++i) sum += (x[i] - 64) * w[i / 4 * 4 * AUDIOLM_PANEL_I8 + i % 4];
    return sum;
}

/* Every row of a tile with every output of its panels. */
#define FOR_OUTPUTS(g, tile)                                                    \
    for (size_t row = (tile).row_begin; row < (tile).row_end; ++row)            \
        for (size_t output = (tile).panel_begin * AUDIOLM_PANEL_I8;             \
             output < (tile).panel_end * AUDIOLM_PANEL_I8 && output < (g)->outputs; ++output)

static void ref_finish(const audiolm_gemm_i8 *g, size_t row, size_t output, float sum) {
    float y = sum * g->x_scale[row] * g->scale[output];
    if (g->bias) y = y + g->bias[output];
    g->y[row * g->y_stride + output] = y;
}

static void gemm_i8(const audiolm_gemm_i8 *g, audiolm_tile tile) {
    FOR_OUTPUTS(g, tile) {
        const int8_t *w = ref_weights(g->panels, g->inner, output);
        const int64_t sum = ref_sum_i16((const int16_t *)g->x + row * g->inner, w, g->inner);
        ref_finish(g, row, output, fmaf(65536, (float)(sum >> 16), (float)(sum & 65535)));
    }
}

static void gemm_i7(const audiolm_gemm_i8 *g, audiolm_tile tile) {
    FOR_OUTPUTS(g, tile) {
        const int8_t *w = ref_weights(g->panels, g->inner, output);
        ref_finish(g, row, output, (float)ref_sum_i7((const uint8_t *)g->x + row * g->inner, w, g->inner));
    }
}

static void bounds_i7(const audiolm_bounds_i7 *g, audiolm_tile tile) {
    const size_t panels = (g->outputs + AUDIOLM_PANEL_I8 - 1) / AUDIOLM_PANEL_I8;
    FOR_OUTPUTS(g, tile) {
        const size_t panel = output / AUDIOLM_PANEL_I8, column = output % AUDIOLM_PANEL_I8;
        const int32_t sum = ref_sum_i7(g->x + row * g->inner, ref_weights(g->panels, g->inner, output), g->inner);
        float y = fmaf((float)sum, g->x_scale[row] * g->scale[output], g->bias[output]);
        y = fmaf(g->x_lost[row], g->length[output], y);
        y = fmaf(g->x_kept[row], g->lost[output], y);
        g->y[row * g->y_stride + output] = y;
        float *maxima = g->maxima + (row * panels + panel) * AUDIOLM_LANES;
        if (column == 0)
            for (size_t i = 0; i < AUDIOLM_LANES; ++i) maxima[i] = -INFINITY;
        maxima[column % AUDIOLM_LANES] = fmaxf(maxima[column % AUDIOLM_LANES], y);
    }
}

static float ref_magnitude(const float *x, size_t n) {
    float greatest = 0;
    for (size_t i = 0; i < n; ++i) greatest = fmaxf(greatest, fabsf(x[i]));
    return greatest;
}

/* The factor that makes whole numbers of `top` at most of numbers whose greatest magnitude is `greatest`, and its inverse. */
static float ref_factor(float greatest, float top, float *scale) {
    const int silent = greatest < FIXED_SILENCE;
    *scale = silent ? 0 : greatest / top;
    return silent ? 0 : top / greatest;
}

static void fixed_point(const audiolm_fixed_point *f, size_t begin, size_t end) {
    for (size_t r = begin; r < end; ++r) {
        const float *x = f->x + r * f->x_stride;
        int16_t *row = (int16_t *)f->fixed + r * f->inner;
        const float factor = ref_factor(ref_magnitude(x, f->count), FIXED_TOP, f->scale + r);
        for (size_t i = 0; i < f->inner; ++i) row[i] = i < f->count ? (int16_t)rintf(x[i] * factor) : 0;
    }
}

static void seven_bits(const audiolm_seven_bits *s, size_t begin, size_t end) {
    for (size_t r = begin; r < end; ++r) {
        const float *x = s->x + r * s->x_stride;
        uint8_t *row = s->rounded + r * s->inner;
        float step, kept[AUDIOLM_LANES] = {0}, lost[AUDIOLM_LANES] = {0};
        const float factor = ref_factor(ref_magnitude(x, s->count), SEVEN_BITS_TOP, &step);
        for (size_t i = 0; i < s->inner; ++i) {
            const float exact = i < s->count ? x[i] : 0;
            const float whole = rintf(exact * factor);
            const float rest = fmaf(whole, -step, exact);
            kept[i % AUDIOLM_LANES] = fmaf(whole, whole, kept[i % AUDIOLM_LANES]);
            lost[i % AUDIOLM_LANES] = fmaf(rest, rest, lost[i % AUDIOLM_LANES]);
            row[i] = (uint8_t)((whole == whole ? whole : 0) + 64); /* what is no number counts for nothing */
        }
        s->scale[r] = step;
        if (!s->kept) continue;
        s->kept[r] = step * sqrtf(ref_fold(kept));
        s->lost[r] = sqrtf(ref_fold(lost));
    }
}

#include "attention.h"

static void depthwise(const audiolm_depthwise *d, size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t)
        for (size_t c = 0; c < d->channels; ++c) {
            float sum = d->bias ? d->bias[c] : 0;
            for (size_t j = 0; j < d->taps; ++j)
                sum = fmaf(d->weight[j * d->channels + c], d->x[(t + j * d->dilation) * d->channels + c], sum);
            d->y[t * d->channels + c] = sum;
        }
}

static void softmax(float *x, size_t rows, size_t n) {
    for (size_t r = 0; r < rows; ++r, x += n) {
        const float norm = 1.0f / ref_exponentials(x, n);
        for (size_t i = 0; i < n; ++i) x[i] = x[i] * norm;
    }
}

static void layer_norm(float *x, size_t rows, size_t n, const float *weight, const float *bias, float epsilon) {
    for (size_t r = 0; r < rows; ++r, x += n) {
        const float mean = ref_sum(x, n) / (float)n;
        for (size_t i = 0; i < n; ++i) x[i] = x[i] - mean;
        const float factor = 1.0f / sqrtf(ref_dot(x, x, n) / (float)n + epsilon);
        for (size_t i = 0; i < n; ++i) x[i] = fmaf(x[i] * factor, weight[i], bias[i]);
    }
}

static void rms_norm(const float *x, size_t rows, size_t n, const float *weight, float epsilon, float *y) {
    for (size_t r = 0; r < rows; ++r, x += n, y += n) {
        const float factor = 1.0f / sqrtf(ref_dot(x, x, n) / (float)n + epsilon);
        for (size_t i = 0; i < n; ++i) y[i] = x[i] * factor * weight[i];
    }
}

static void rope(float *x, size_t rows, size_t stride, size_t heads, size_t dim, const float *cosine,
                 const float *sine) {
    const size_t half = dim / 2;
    for (size_t r = 0; r < rows; ++r, x += stride, cosine += half, sine += half)
        for (size_t h = 0; h < heads; ++h) {
            float *low = x + h * dim, *high = low + half;
            for (size_t i = 0; i < half; ++i) {
                const float a = low[i], b = high[i];
                low[i] = a * cosine[i] - b * sine[i];
                high[i] = b * cosine[i] + a * sine[i];
            }
        }
}

static void exponential(float *x, size_t n) {
    for (size_t i = 0; i < n; ++i) x[i] = ref_exp(x[i]);
}

static void logarithm2(float *x, size_t n) {
    for (size_t i = 0; i < n; ++i) x[i] = ref_log2(x[i]);
}

static void rotation(float *turns, float *sine, size_t n) {
    for (size_t i = 0; i < n; ++i) ref_rotation(turns[i], turns + i, sine + i);
}

static void gelu_tanh(float *x, size_t n) {
    for (size_t i = 0; i < n; ++i)
        x[i] = x[i] * ref_sigmoid(x[i] * fmaf(GELU_TANH_CUBIC, x[i] * x[i], GELU_TANH_LINEAR));
}

static void silu(float *x, size_t n) {
    for (size_t i = 0; i < n; ++i) x[i] = x[i] * ref_sigmoid(x[i]);
}

static void sigmoid(float *x, size_t n) {
    for (size_t i = 0; i < n; ++i) x[i] = ref_sigmoid(x[i]);
}

static void multiply_silu(float *x, const float *gate, size_t n) {
    for (size_t i = 0; i < n; ++i) x[i] = x[i] * (gate[i] * ref_sigmoid(gate[i]));
}

static void rows_to_lanes(const float *rows, size_t stride, size_t count, size_t n, float *lanes) {
    for (size_t i = 0; i < n; ++i)
        for (size_t r = 0; r < AUDIOLM_LANES; ++r) lanes[i * AUDIOLM_LANES + r] = r < count ? rows[r * stride + i] : 0;
}

static void lanes_to_rows(const float *lanes, size_t n, float *rows, size_t stride, size_t count) {
    for (size_t r = 0; r < count; ++r)
        for (size_t i = 0; i < n; ++i) rows[r * stride + i] = lanes[i * AUDIOLM_LANES + r];
}

static float squared_distance(const float *x, const float *y, size_t n) {
    float lanes[AUDIOLM_LANES] = {0};
    for (size_t i = 0; i < n; ++i) {
        const float difference = x[i] - y[i];
        lanes[i % AUDIOLM_LANES] = fmaf(difference, difference, lanes[i % AUDIOLM_LANES]);
    }
    return ref_fold(lanes);
}

static int precedes(audiolm_step a, audiolm_step b) {
    if (a.error != b.error) return a.error < b.error;
    return a.origin != b.origin ? a.origin < b.origin : a.code < b.code;
}

/* Looks at all steps, whatever their bounds. */
static void nearest_steps(const audiolm_step_choice *c) {
    for (size_t i = 0; i < c->kept; ++i) c->steps[i] = (audiolm_step){INFINITY, 0, 0};
    for (uint32_t origin = 0; origin < c->paths; ++origin)
        for (uint32_t code = 0; code < c->codes; ++code) {
            const float error = squared_distance(
                c->residuals + origin * c->dimension, c->codebook + code * c->dimension, c->dimension);
            const audiolm_step step = {error, origin, code};
            for (size_t place = c->kept; place > 0 && precedes(step, c->steps[place - 1]); --place) {
                if (place < c->kept) c->steps[place] = c->steps[place - 1];
                c->steps[place - 1] = step;
            }
        }
}

static size_t argmax(const float *x, size_t n) {
    size_t best = 0;
    for (size_t i = 1; i < n; ++i)
        if (x[i] > x[best]) best = i;
    return best;
}

static float ref_sum_of_block(const float *x, size_t left) {
    float lanes[AUDIOLM_LANES] = {0};
    for (size_t i = 0; i < AUDIOLM_LANES && i < left; ++i) lanes[i] = x[i];
    return ref_fold(lanes);
}

static size_t pick(const float *weights, size_t n, float chance) { return pick_by(ref_sum_of_block, weights, n, chance); }

const audiolm_kernels audiolm_kernels_ref = {
    .name = "ref",
    .gemm_f32 = gemm_f32,
    .gemm_bf16 = gemm_bf16,
    .gemm_i8 = gemm_i8,
    .gemm_i7 = gemm_i7,
    .bounds_i7 = bounds_i7,
    .fixed_point = fixed_point,
    .seven_bits = seven_bits,
    .remember = remember,
    .attention = attention,
    .branched_attention = branched_attention,
    .depthwise = depthwise,
    .softmax = softmax,
    .layer_norm = layer_norm,
    .rms_norm = rms_norm,
    .rope = rope,
    .rows_to_lanes = rows_to_lanes,
    .lanes_to_rows = lanes_to_rows,
    .fft_bins = fft_bins,
    .fft_samples = fft_samples,
    .exponential = exponential,
    .logarithm2 = logarithm2,
    .rotation = rotation,
    .gelu_tanh = gelu_tanh,
    .silu = silu,
    .sigmoid = sigmoid,
    .multiply_silu = multiply_silu,
    .argmax = argmax,
    .pick = pick,
    .squared_distance = squared_distance,
    .nearest_steps = nearest_steps,
};
