#include "PhaseIntegration.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define NONE INT32_MIN

/* What the steps of one frame share; arrays of `bins` in the caller's scratch memory. */
typedef struct {
    const audiolm_phase_gradient *gradient;
    float *phases;
    float *in_time;  /* each bin's phase as it follows from the frame before */
    float *steps;    /* turns from each bin to the next */
    int32_t *before; /* ranks of the levels of the frame before */
    int32_t *now;    /* ranks of this frame's levels, NONE for silent bins */
    /* Bins that can take their phase from the frame before, in ascending order; over them a tree whose every node
     * is the loudest of its range, lower and higher bins as its children, -1 for none. */
    int32_t *sources, *lower, *higher;
    struct gap {
        int32_t first, last, node;
    } *gaps;
} frame_state;

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

/* Turns in one hop. */
static inline float advance(const audiolm_phase_gradient *g, const float *levels, size_t b) {
    const float centre = (float)(int32_t)b * g->turns_per_bin;
    return b > 0 && b + 1 < g->bins ? centre + g->in_time * (levels[b + 1] - levels[b - 1]) : centre;
}

/* All that vectors can do: gradients, ranks, and the noise of silent bins. */
static void prepare(const frame_state *s, const float *before, const float *now, const float *after,
                    const float *phases_before, uint64_t frame) {
    const audiolm_phase_gradient *g = s->gradient;
    const size_t bins = g->bins;
    for (size_t b = 0; b < bins; ++b) {
        s->before[b] = rank(before[b]);
        s->now[b] = now[b] > g->silent_level ? rank(now[b]) : NONE;
    }
    for (size_t b = 0; b < bins; ++b)
        s->in_time[b] = wrapped(phases_before[b] + 0.5f * (advance(g, before, b) + advance(g, now, b)));
    for (size_t b = 0; b + 1 < bins; ++b)
        s->steps[b] = 0.5f * (g->in_frequency * (after[b] - before[b]) +
                              g->in_frequency * (after[b + 1] - before[b + 1]));
    for (size_t b = 0; b < bins; ++b)
        if (s->now[b] == NONE) s->phases[b] = noise(frame, b);
}

/* The sources among bins first ... end - 1, none of them silent, and the root of their tree. A bin has its phase from
 * a neighbour before the frame before can give it one, and is no source, if that neighbour was louder in the frame
 * before and is louder now than the bin was. Of equals, lower bins come first. */
static int32_t plant(const frame_state *s, int32_t first, int32_t end) {
    int32_t count = 0, root = -1;
    for (int32_t b = first; b < end; ++b) {
        const int32_t own = s->before[b];
        if (b > first && s->before[b - 1] >= own && s->now[b - 1] >= own) continue;
        if (b + 1 < end && s->before[b + 1] > own && s->now[b + 1] > own) continue;
        const int32_t node = count++;
        s->sources[node] = b;
        s->higher[node] = -1;
        /* The right spine of the tree so far, from its end, in the memory of the gaps. */
        int32_t below = -1;
        while (root >= 0 && s->before[s->sources[s->gaps[root].node]] < own) below = s->gaps[root--].node;
        s->lower[node] = below;
        if (root >= 0) s->higher[s->gaps[root].node] = node;
        s->gaps[++root].node = node;
    }
    return s->gaps[0].node;
}

/* Fills all gaps between bins that have their phases, of the bins first ... end - 1. */
static void fill(const frame_state *s, int32_t first, int32_t end) {
    const int32_t *const now = s->now;
    float *const phases = s->phases;
    size_t count = 1;
    const int32_t root = plant(s, first, end);
    s->gaps[0] = (struct gap){first, end - 1, root};
    while (count > 0) {
        struct gap gap = s->gaps[--count];
        int32_t low = gap.first > first ? now[gap.first - 1] : NONE;
        int32_t high = gap.last + 1 < end ? now[gap.last + 1] : NONE;
        while (gap.first <= gap.last) {
            int32_t loudest = NONE, bin = gap.last + 1;
            while (gap.node >= 0) {
                bin = s->sources[gap.node];
                if (bin < gap.first)
                    gap.node = s->higher[gap.node];
                else if (bin > gap.last)
                    gap.node = s->lower[gap.node];
                else {
                    loudest = s->before[bin];
                    break;
                }
            }
            if (loudest > low && loudest >= high) {
                phases[bin] = s->in_time[bin];
                if (bin < gap.last) s->gaps[count++] = (struct gap){bin + 1, gap.last, s->higher[gap.node]};
                gap.last = bin - 1;
                gap.node = s->lower[gap.node];
                high = now[bin];
            } else if (low >= high) {
                const int32_t bound = loudest > high ? loudest : high;
                const int32_t last = loudest > NONE ? bin : gap.last;
                int32_t b = gap.first;
                float phase = phases[b - 1];
                do {
                    phase = wrapped(phase + s->steps[b - 1]);
                    phases[b] = phase;
                    low = now[b++];
                } while (low >= bound && b <= last);
                gap.first = b;
            } else {
                const int32_t bound = loudest > low ? loudest : low;
                const int32_t last = loudest > NONE ? bin : gap.first;
                int32_t b = gap.last;
                float phase = phases[b + 1];
                do {
                    phase = wrapped(phase - s->steps[b]);
                    phases[b] = phase;
                    high = now[b--];
                } while (high > bound && b >= last);
                gap.last = b;
            }
        }
    }
}

static size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

size_t audiolm_phase_scratch(size_t bins) { return 7 * aligned(4 * bins) + bins * sizeof(struct gap); }

void audiolm_integrate_phases(const audiolm_phase_gradient *gradient, const float *before, const float *now,
                              const float *after, const float *phases_before, uint64_t frame, void *scratch,
                              float *phases) {
    const size_t bins = gradient->bins, size = aligned(4 * bins);
    char *memory = scratch;
    const frame_state state = {
        .gradient = gradient,
        .phases = phases,
        .in_time = (float *)memory,
        .steps = (float *)(memory + size),
        .before = (int32_t *)(memory + 2 * size),
        .now = (int32_t *)(memory + 3 * size),
        .sources = (int32_t *)(memory + 4 * size),
        .lower = (int32_t *)(memory + 5 * size),
        .higher = (int32_t *)(memory + 6 * size),
        .gaps = (struct gap *)(memory + 7 * size),
    };
    prepare(&state, before, now, after, phases_before, frame);
    for (size_t b = 0; b < bins;) {
        size_t end = b;
        while (end < bins && state.now[end] > NONE) ++end;
        if (end > b) fill(&state, (int32_t)b, (int32_t)end);
        b = end + 1;
    }
}
