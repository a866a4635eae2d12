/* Fourier transforms of sixteen real frames at once: a frame of N samples is taken as N / 2 complex numbers,
 * transformed by the decimation in time of Cooley and Tukey, two of its stages in one pass over memory, and its
 * bins are told apart. */

/* (a, b) -> (a + b w, a - b w) for complex a, b and the root w. */
ALWAYS_INLINE void butterfly(f32x16 *a_real, f32x16 *a_imaginary, f32x16 *b_real, f32x16 *b_imaginary,
                             float c, float s) {
    const f32x16 real = *b_real * splat(c) - *b_imaginary * splat(s);
    const f32x16 imaginary = *b_real * splat(s) + *b_imaginary * splat(c);
    *b_real = *a_real - real;
    *b_imaginary = *a_imaginary - imaginary;
    *a_real = *a_real + real;
    *a_imaginary = *a_imaginary + imaginary;
}

/* The first stage alone, for numbers of stages that are odd. */
static void first_stage(size_t count, float *real, float *imaginary) {
    for (size_t i = 0; i < count * LANES; i += 2 * LANES) {
        f32x16 a = load(real + i), b = load(imaginary + i);
        f32x16 c = load(real + i + LANES), d = load(imaginary + i + LANES);
        butterfly(&a, &b, &c, &d, 1, 0);
        store(real + i, a);
        store(imaginary + i, b);
        store(real + i + LANES, c);
        store(imaginary + i + LANES, d);
    }
}

/* The stages whose butterflies span `half` and 2 `half` places. */
static void two_stages(const audiolm_fft *f, size_t half, float *real, float *imaginary) {
    const size_t count = f->size / 2, step = count / half, span = half * LANES;
    for (size_t block = 0; block < count * LANES; block += 4 * span)
        for (size_t offset = 0; offset < half; ++offset) {
            const size_t place = block + offset * LANES;
            const size_t near = offset * step / 2, far = (offset + half) * step / 2;
            f32x16 r[4], i[4];
            _Pragma("unroll") for (int k = 0; k < 4; ++k) {
                r[k] = load(real + place + (size_t)k * span);
                i[k] = load(imaginary + place + (size_t)k * span);
            }
            butterfly(&r[0], &i[0], &r[1], &i[1], f->cosine[offset * step], f->sine[offset * step]);
            butterfly(&r[2], &i[2], &r[3], &i[3], f->cosine[offset * step], f->sine[offset * step]);
            butterfly(&r[0], &i[0], &r[2], &i[2], f->cosine[near], f->sine[near]);
            butterfly(&r[1], &i[1], &r[3], &i[3], f->cosine[far], f->sine[far]);
            _Pragma("unroll") for (int k = 0; k < 4; ++k) {
                store(real + place + (size_t)k * span, r[k]);
                store(imaginary + place + (size_t)k * span, i[k]);
            }
        }
}

static void complex_fft(const audiolm_fft *f, float *real, float *imaginary) {
    const size_t count = f->size / 2;
    size_t half = 1;
    if (__builtin_ctzl(count) % 2) {
        first_stage(count, real, imaginary);
        half = 2;
    }
    for (; half < count; half *= 4) two_stages(f, half, real, imaginary);
}

/* A bin of the real frame from the complex bin and its mirror. */
ALWAYS_INLINE void real_bin(f32x16 real, f32x16 imaginary, f32x16 mirror_real, f32x16 mirror_imaginary,
                            float c, float s, float *to_real, float *to_imaginary) {
    const f32x16 half = splat(0.5f);
    const f32x16 even_real = (real + mirror_real) * half;
    const f32x16 even_imaginary = (imaginary - mirror_imaginary) * half;
    const f32x16 odd_real = (imaginary + mirror_imaginary) * half, odd_imaginary = (mirror_real - real) * half;
    store(to_real, even_real + odd_real * splat(c) - odd_imaginary * splat(s));
    store(to_imaginary, even_imaginary + odd_real * splat(s) + odd_imaginary * splat(c));
}

static void fft_bins(const audiolm_fft *f, float *real, float *imaginary) {
    const size_t count = f->size / 2;
    complex_fft(f, real, imaginary);
    for (size_t bin = 0; bin <= count / 2; ++bin) {
        const size_t opposite = count - bin, here = bin * LANES, mirror = opposite % count * LANES;
        const f32x16 a = load(real + here), b = load(imaginary + here);
        const f32x16 c = load(real + mirror), d = load(imaginary + mirror);
        real_bin(a, b, c, d, f->cosine[bin], f->sine[bin], real + here, imaginary + here);
        real_bin(c, d, a, b, f->cosine[opposite], f->sine[opposite], real + opposite * LANES,
                 imaginary + opposite * LANES);
    }
}

/* A complex bin from the bin of the real frame and its mirror. */
ALWAYS_INLINE void complex_bin(f32x16 real, f32x16 imaginary, f32x16 mirror_real, f32x16 mirror_imaginary,
                               float c, float s, float *to_real, float *to_imaginary) {
    const f32x16 half = splat(0.5f);
    const f32x16 even_real = (real + mirror_real) * half, turned_real = (real - mirror_real) * half;
    const f32x16 even_imaginary = (imaginary - mirror_imaginary) * half;
    const f32x16 turned_imaginary = (imaginary + mirror_imaginary) * half;
    const f32x16 odd_real = turned_real * splat(c) + turned_imaginary * splat(s);
    const f32x16 odd_imaginary = turned_imaginary * splat(c) - turned_real * splat(s);
    store(to_real, even_real - odd_imaginary);
    store(to_imaginary, even_imaginary + odd_real);
}

ALWAYS_INLINE void exchange(float *a, float *b) {
    const f32x16 first = load(a);
    store(a, load(b));
    store(b, first);
}

static void fft_samples(const audiolm_fft *f, float *real, float *imaginary) {
    const size_t count = f->size / 2;
    store(imaginary, splat(0));
    store(imaginary + count * LANES, splat(0));
    for (size_t bin = 0; bin <= count / 2; ++bin) {
        const size_t opposite = count - bin, here = bin * LANES, mirror = opposite * LANES;
        const f32x16 a = load(real + here), b = load(imaginary + here);
        const f32x16 c = load(real + mirror), d = load(imaginary + mirror);
        complex_bin(c, d, a, b, f->cosine[opposite], f->sine[opposite], real + mirror, imaginary + mirror);
        complex_bin(a, b, c, d, f->cosine[bin], f->sine[bin], real + here, imaginary + here);
    }
    for (size_t place = 0; place < count; ++place) {
        const size_t from = f->reversed[place];
        if (from <= place) continue;
        exchange(real + place * LANES, real + from * LANES);
        exchange(imaginary + place * LANES, imaginary + from * LANES);
    }
    /* The inverse transform is the transform with the parts exchanged. */
    complex_fft(f, imaginary, real);
}
