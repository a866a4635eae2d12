#include "PhaseIntegration.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define NONE INT32_MIN

/* A run of bins without phases between two that have theirs, or are silent, and the root of its sources' tree. */
typedef struct {
    int32_t first, last, node;
} phase_gap;

/* What the steps of one frame share: arrays in the caller's scratch memory. */
typedef struct {
    const audiolm_phase_gradient *gradient;
    float *phases;
    float *in_time; /* each bin's phase as it follows from the frame before */
    float *steps;   /* turns from each bin to the next */
    /* Ranks of the levels of the frame before and of this one's, NONE for silent bins, before the first bin and
     * after the last. */
    int32_t *before, *now;
    /* Bins that can take their phase from the frame before, in ascending order; over them a tree whose every node
     * is the loudest of its range, lower and higher bins as its children, -1 for none. */
    int32_t *sources, *lower, *higher;
    phase_gap *gaps;
} phase_frame;

/* Turns without the whole ones. Adding 1.5 * 2^23 rounds to the nearest whole number. */
static inline float wrapped(float turns) {
    const float whole = (turns + 12582912.0f) - 12582912.0f;
    return turns - whole;
}

static inline float noise(uint64_t frame, uint64_t bin) {
    uint32_t x = (uint32_t)(frame * 2654435761u + bin * 40503u + 12345u);
    x ^= x >> 16;
    x *= 0x7FEB352Du;
    x ^= x >> 15;
    x *= 0x846CA68Bu;
    x ^= x >> 16;
    return (float)(int32_t)(x >> 8) * 0x1p-24f - 0.5f;
}

void audiolm_phase_noise(size_t bins, uint64_t frame, float *phases) {
    for (size_t b = 0; b < bins; ++b) phases[b] = noise(frame, b);
}

/* A whole number above NONE, in the order of the floats. */
static inline int32_t rank(float level) {
    int32_t bits;
    memcpy(&bits, &level, sizeof bits);
    const int32_t ordered = bits ^ ((bits >> 31) & INT32_MAX);
    return ordered > NONE ? ordered : NONE + 1;
}

/* Turns in one hop: of a bin's own frequency, and of a sound near it, as its neighbours tell. */
static inline float own_advance(const audiolm_phase_gradient *g, size_t b) {
    return (float)(int32_t)b * g->turns_per_bin;
}

static inline float advance(const audiolm_phase_gradient *g, const float *levels, size_t b) {
    return own_advance(g, b) + g->in_time * (levels[b + 1] - levels[b - 1]);
}

/* All that vectors can do: gradients, ranks, and the noise of silent bins. */
static void prepare(const phase_frame *f, const float *before, const float *now, const float *after,
                    const float *phases_before, uint64_t frame) {
    const audiolm_phase_gradient g = *f->gradient;
    const size_t bins = g.bins, last = bins - 1;
    float *restrict in_time = f->in_time, *restrict steps = f->steps;
    int32_t *restrict ranks_before = f->before, *restrict ranks_now = f->now;
    ranks_before[-1] = ranks_before[bins] = ranks_now[-1] = ranks_now[bins] = NONE;
    for (size_t b = 0; b < bins; ++b) {
        ranks_before[b] = rank(before[b]);
        ranks_now[b] = now[b] > g.silent_level ? rank(now[b]) : NONE;
    }
    in_time[0] = wrapped(phases_before[0] + own_advance(&g, 0));
    for (size_t b = 1; b < last; ++b)
        in_time[b] = wrapped(phases_before[b] + 0.5f * (advance(&g, before, b) + advance(&g, now, b)));
    in_time[last] = wrapped(phases_before[last] + own_advance(&g, last));
    for (size_t b = 0; b < last; ++b) {
        const float here = g.in_frequency * (after[b] - before[b]);
        const float next = g.in_frequency * (after[b + 1] - before[b + 1]);
        steps[b] = 0.5f * (here + next);
    }
    for (size_t b = 0; b < bins; ++b)
        if (ranks_now[b] == NONE) f->phases[b] = noise(frame, b);
}

/* The sources among bins first ... last, none of them silent, and the root of their tree. A bin has its phase from
 * a neighbour before the frame before can give it one, and is no source, if that neighbour was louder in the frame
 * before and is louder now than the bin was. Of equals, lower bins come first. */
static int32_t plant(const phase_frame *f, int32_t first, int32_t last) {
    const int32_t *const before = f->before, *const now = f->now;
    int32_t count = 0;
    for (int32_t b = first; b <= last; ++b) {
        const int32_t own = before[b];
        f->sources[count] = b;
        count += !(((before[b - 1] >= own) & (now[b - 1] >= own)) | ((before[b + 1] > own) & (now[b + 1] > own)));
    }
    /* The right spine of the tree so far, from its root, in the memory of the gaps. */
    int32_t depth = 0;
    for (int32_t node = 0; node < count; ++node) {
        int32_t below = -1;
        while (depth > 0 && before[f->sources[f->gaps[depth - 1].node]] < before[f->sources[node]])
            below = f->gaps[--depth].node;
        f->lower[node] = below;
        f->higher[node] = -1;
        if (depth > 0) f->higher[f->gaps[depth - 1].node] = node;
        f->gaps[depth++].node = node;
    }
    return f->gaps[0].node;
}

/* The loudest source within a gap, which becomes its node, or -1. */
static inline int32_t loudest_source(const phase_frame *f, phase_gap *gap) {
    while (gap->node >= 0) {
        const int32_t bin = f->sources[gap->node];
        if (bin < gap->first)
            gap->node = f->higher[gap->node];
        else if (bin > gap->last)
            gap->node = f->lower[gap->node];
        else
            return bin;
    }
    return -1;
}

/* Fills bins first ... last, none of them silent: what comes next in a gap, its loudest source or a neighbour of
 * its ends, depends on nothing outside. Of equals, lower bins come first. */
static void fill(const phase_frame *f, int32_t first, int32_t last) {
    const int32_t *const now = f->now;
    float *const phases = f->phases;
    size_t count = 1;
    const int32_t root = plant(f, first, last);
    f->gaps[0] = (phase_gap){first, last, root};
    while (count > 0) {
        phase_gap gap = f->gaps[--count];
        int32_t low = now[gap.first - 1], high = now[gap.last + 1];
        while (gap.first <= gap.last) {
            const int32_t bin = loudest_source(f, &gap);
            const int32_t source = bin < 0 ? NONE : f->before[bin];
            if (source > low && source >= high) {
                phases[bin] = f->in_time[bin];
                if (bin < gap.last) f->gaps[count++] = (phase_gap){bin + 1, gap.last, f->higher[gap.node]};
                gap.last = bin - 1;
                gap.node = f->lower[gap.node];
                high = now[bin];
            } else if (low >= high) {
                const int32_t bound = source > high ? source : high, end = bin < 0 ? gap.last : bin;
                float phase = phases[gap.first - 1];
                do {
                    phase = wrapped(phase + f->steps[gap.first - 1]);
                    phases[gap.first] = phase;
                    low = now[gap.first++];
                } while (low >= bound && gap.first <= end);
            } else {
                const int32_t bound = source > low ? source : low, end = bin < 0 ? gap.first : bin;
                float phase = phases[gap.last + 1];
                do {
                    phase = wrapped(phase - f->steps[gap.last]);
                    phases[gap.last] = phase;
                    high = now[gap.last--];
                } while (high > bound && gap.last >= end);
            }
        }
    }
}

/* Bytes of an array of numbers for each bin, one before the first and one after the last. */
static size_t array_bytes(size_t bins) { return (4 * (bins + 2) + 63) / 64 * 64; }

size_t audiolm_phase_scratch(size_t bins) { return 7 * array_bytes(bins) + bins * sizeof(phase_gap); }

void audiolm_integrate_phases(const audiolm_phase_gradient *gradient, const float *before, const float *now,
                              const float *after, const float *phases_before, uint64_t frame, void *scratch,
                              float *phases) {
    const size_t bins = gradient->bins, size = array_bytes(bins);
    char *memory = scratch;
    const phase_frame f = {
        .gradient = gradient,
        .phases = phases,
        .in_time = (float *)memory,
        .steps = (float *)(memory + size),
        .before = (int32_t *)(memory + 2 * size) + 1,
        .now = (int32_t *)(memory + 3 * size) + 1,
        .sources = (int32_t *)(memory + 4 * size),
        .lower = (int32_t *)(memory + 5 * size),
        .higher = (int32_t *)(memory + 6 * size),
        .gaps = (phase_gap *)(memory + 7 * size),
    };
    prepare(&f, before, now, after, phases_before, frame);
    for (size_t b = 0; b < bins; ++b) {
        const size_t first = b;
        while (b < bins && f.now[b] > NONE) ++b;
        if (b > first) fill(&f, (int32_t)first, (int32_t)b - 1);
    }
}
