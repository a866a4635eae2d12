/* Chooses the kernels at run time. */
#include "tables.h"

#include <stdlib.h>
#include <string.h>

const audiolm_kernels *audiolm_kernels_for(audiolm_isa isa) {
    switch (isa) {
    case AUDIOLM_ISA_REF:
        return &audiolm_kernels_ref;
#if defined(__x86_64__)
    case AUDIOLM_ISA_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &audiolm_kernels_avx2 : NULL;
    case AUDIOLM_ISA_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
                   ? &audiolm_kernels_avx512
                   : NULL;
#endif
#if defined(__aarch64__)
    case AUDIOLM_ISA_NEON:
        return &audiolm_kernels_neon;
#endif
    default:
        return NULL;
    }
}

const audiolm_kernels *audiolm_kernels_best(void) {
    static const audiolm_isa best_first[] = {AUDIOLM_ISA_AVX512, AUDIOLM_ISA_AVX2, AUDIOLM_ISA_NEON,
                                             AUDIOLM_ISA_REF};
    const size_t count = sizeof best_first / sizeof *best_first;
    const char *wanted = getenv("AUDIOLM_ISA");
    const audiolm_kernels *best = NULL;
    for (size_t i = 0; i < count; ++i) {
        const audiolm_kernels *kernels = audiolm_kernels_for(best_first[i]);
        if (!kernels) continue;
        if (!best) best = kernels;
        if (wanted && strcmp(wanted, kernels->name) == 0) return kernels;
    }
    return best;
}
