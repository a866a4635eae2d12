/* Kernels over rows and elements: softmax, norms, rotary positions, depthwise convolution, activations. */

static void softmax(float *x, size_t rows, size_t n) {
    for (size_t r = 0; r < rows; ++r, x += n) {
        const float norm = 1.0f / exponentials(x, n);
        for (size_t i = 0; i < n; ++i) x[i] = x[i] * norm;
    }
}

static void layer_norm(float *x, size_t rows, size_t n, const float *weight, const float *bias, float epsilon) {
    for (size_t r = 0; r < rows; ++r, x += n) {
        const float mean = sum_of(x, n) / (float)n;
        for (size_t i = 0; i < n; ++i) x[i] = x[i] - mean;
        const float factor = 1.0f / __builtin_sqrtf(dot_of(x, x, n) / (float)n + epsilon);
        for (size_t i = 0; i < n; ++i) x[i] = __builtin_fmaf(x[i] * factor, weight[i], bias[i]);
    }
}

static void rms_norm(const float *x, size_t rows, size_t n, const float *weight, float epsilon, float *y) {
    for (size_t r = 0; r < rows; ++r, x += n, y += n) {
        const float factor = 1.0f / __builtin_sqrtf(dot_of(x, x, n) / (float)n + epsilon);
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

static void depthwise(const audiolm_depthwise *d, size_t begin, size_t end) {
    const size_t channels = d->channels, step = d->dilation * channels;
    for (size_t t = begin; t < end; ++t) {
        const float *x = d->x + t * channels;
        float *y = d->y + t * channels;
        size_t c = 0;
        for (; c + LANES <= channels; c += LANES) {
            f32x16 sum = d->bias ? load(d->bias + c) : splat(0);
            for (size_t j = 0; j < d->taps; ++j)
                sum = fma16(load(d->weight + j * channels + c), load(x + j * step + c), sum);
            store(y + c, sum);
        }
        for (; c < channels; ++c) {
            float sum = d->bias ? d->bias[c] : 0;
            for (size_t j = 0; j < d->taps; ++j)
                sum = __builtin_fmaf(d->weight[j * channels + c], x[j * step + c], sum);
            y[c] = sum;
        }
    }
}

#define DEFINE_ELEMENTWISE(NAME, EXPRESSION)                                                                   \
    static void NAME(float *x, size_t n) {                                                                     \
        size_t i = 0;                                                                                          \
        for (; i + LANES <= n; i += LANES) {                                                                   \
            const f32x16 v = load(x + i);                                                                      \
            store(x + i, EXPRESSION);                                                                          \
        }                                                                                                      \
        if (i < n) {                                                                                           \
            const f32x16 v = load_part(x + i, n - i);                                                          \
            store_part(x + i, EXPRESSION, n - i);                                                              \
        }                                                                                                      \
    }

DEFINE_ELEMENTWISE(exponential, exp16(v))
DEFINE_ELEMENTWISE(logarithm2, log2_16(v))
DEFINE_ELEMENTWISE(gelu_tanh, gelu_tanh16(v))
DEFINE_ELEMENTWISE(silu, v *sigmoid16(v))
DEFINE_ELEMENTWISE(sigmoid, sigmoid16(v))

static void rotation(float *turns, float *sine, size_t n) {
    f32x16 c, s;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        rotation16(load(turns + i), &c, &s);
        store(turns + i, c);
        store(sine + i, s);
    }
    if (i < n) {
        rotation16(load_part(turns + i, n - i), &c, &s);
        store_part(turns + i, c, n - i);
        store_part(sine + i, s, n - i);
    }
}

static void multiply_silu(float *x, const float *gate, size_t n) {
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        const f32x16 g = load(gate + i);
        store(x + i, load(x + i) * (g * sigmoid16(g)));
    }
    if (i < n) {
        const f32x16 g = load_part(gate + i, n - i);
        store_part(x + i, load_part(x + i, n - i) * (g * sigmoid16(g)), n - i);
    }
}
