/* Fourier transforms in plain C, lane by lane; body/fft.h performs the same operations. */
#ifndef AUDIOLM_REFERENCE_FFT_H
#define AUDIOLM_REFERENCE_FFT_H
#include "math.h"

static void ref_complex_fft(const audiolm_fft *f, float *real, float *imaginary) {
    const size_t count = f->size / 2;
    for (size_t half = 1; half < count; half *= 2)
        for (size_t first = 0; first < count; first += (first + 1) % half ? 1 : half + 1) {
            const size_t root = first % half * (count / half);
            const float c = f->cosine[root], s = f->sine[root];
            for (size_t lane = 0; lane < AUDIOLM_LANES; ++lane) {
                const size_t a = first * AUDIOLM_LANES + lane, b = a + half * AUDIOLM_LANES;
                const float turned_real = real[b] * c - imaginary[b] * s;
                const float turned_imaginary = real[b] * s + imaginary[b] * c;
                real[b] = real[a] - turned_real;
                imaginary[b] = imaginary[a] - turned_imaginary;
                real[a] = real[a] + turned_real;
                imaginary[a] = imaginary[a] + turned_imaginary;
            }
        }
}

static void fft_bins(const audiolm_fft *f, float *real, float *imaginary) {
    const size_t count = f->size / 2;
    ref_complex_fft(f, real, imaginary);
    for (size_t low = 0; low <= count / 2; ++low)
        for (size_t lane = 0; lane < AUDIOLM_LANES; ++lane) {
            const size_t here = low * AUDIOLM_LANES + lane;
            const size_t mirror = (count - low) % count * AUDIOLM_LANES + lane;
            const float r[2] = {real[here], real[mirror]}, i[2] = {imaginary[here], imaginary[mirror]};
            for (size_t side = 0; side < 2; ++side) {
                const size_t bin = side ? count - low : low, to = bin * AUDIOLM_LANES + lane;
                const float c = f->cosine[bin], s = f->sine[bin];
                const float odd_real = (i[0] + i[1]) * 0.5f, odd_imaginary = (r[!side] - r[side]) * 0.5f;
                real[to] = (r[0] + r[1]) * 0.5f + odd_real * c - odd_imaginary * s;
                imaginary[to] = (i[side] - i[!side]) * 0.5f + odd_real * s + odd_imaginary * c;
            }
        }
}

static void fft_samples(const audiolm_fft *f, float *real, float *imaginary) {
    const size_t count = f->size / 2;
    for (size_t lane = 0; lane < AUDIOLM_LANES; ++lane) {
        imaginary[lane] = imaginary[count * AUDIOLM_LANES + lane] = 0;
        for (size_t low = 0; low <= count / 2; ++low) {
            const size_t here = low * AUDIOLM_LANES + lane, mirror = (count - low) * AUDIOLM_LANES + lane;
            const float r[2] = {real[here], real[mirror]}, i[2] = {imaginary[here], imaginary[mirror]};
            for (size_t side = 0; side < 2; ++side) {
                const size_t bin = side ? count - low : low, to = side ? mirror : here;
                const float c = f->cosine[bin], s = f->sine[bin];
                const float turned_real = (r[side] - r[!side]) * 0.5f, turned_imaginary = (i[0] + i[1]) * 0.5f;
                const float odd_real = turned_real * c + turned_imaginary * s;
                const float odd_imaginary = turned_imaginary * c - turned_real * s;
                real[to] = (r[0] + r[1]) * 0.5f - odd_imaginary;
                imaginary[to] = (i[side] - i[!side]) * 0.5f + odd_real;
            }
        }
        for (size_t place = 0; place < count; ++place) {
            const size_t from = f->reversed[place];
            if (from <= place) continue;
            float *const parts[2] = {real + lane, imaginary + lane};
            for (size_t part = 0; part < 2; ++part) {
                const float first = parts[part][place * AUDIOLM_LANES];
                parts[part][place * AUDIOLM_LANES] = parts[part][from * AUDIOLM_LANES];
                parts[part][from * AUDIOLM_LANES] = first;
            }
        }
    }
    ref_complex_fft(f, imaginary, real);
}

#endif
