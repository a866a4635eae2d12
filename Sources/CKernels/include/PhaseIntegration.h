/* Phases for magnitude spectra by real-time phase gradient heap integration (Prusa and Sondergaard, DAFx 2016).
 *
 * A frame's phases are integrated from its loudest bins outwards: a bin takes its phase from the frame before or from
 * a neighbour, whichever comes first in the order of loudness. The usual heap is not needed: between two bins that
 * have their phases already, nothing outside matters, so each such gap is filled from its own ends and from the
 * loudest bins of the frame before within it, in time that grows with the number of bins alone.
 *
 * Plain C without fused operations: the same results on every machine. Levels are proportional to the logarithm of
 * the magnitude, phases are in turns within [-0.5, 0.5]. */
#ifndef AUDIOLM_PHASE_INTEGRATION_H
#define AUDIOLM_PHASE_INTEGRATION_H
#include <stddef.h>
#include <stdint.h>

/* What integration depends on beside the levels. */
typedef struct {
    size_t bins;
    /* Bins at or below this level get noise instead, and no bin takes its phase from them. */
    float silent_level;
    /* Turns by which a bin's phase grows from one frame to the next, for each bin from zero. */
    float turns_per_bin;
    /* Turns for each unit of the level's difference over two bins, in time, and over two frames, in frequency. */
    float in_time, in_frequency;
} audiolm_phase_gradient;

/* Phases [bins] in [-0.5, 0.5) that depend on frame and bin alone: those of a first frame. */
void audiolm_phase_noise(size_t bins, uint64_t frame, float *_Nonnull phases);

/* Bytes of scratch memory that integration needs. */
size_t audiolm_phase_scratch(size_t bins);

/* The phases of a frame from its levels, the levels of the frames before and after it and the phases of the frame
 * before, all [bins]. The frame's number chooses the noise of silent bins. */
void audiolm_integrate_phases(const audiolm_phase_gradient *_Nonnull gradient, const float *_Nonnull before,
                              const float *_Nonnull now, const float *_Nonnull after,
                              const float *_Nonnull phases_before, uint64_t frame, void *_Nonnull scratch,
                              float *_Nonnull phases);

#endif
