/* Chooses the kernels at run time. */
#include "tables.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
static int has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int has_avxvnni(void) { return has_avx2() && __builtin_cpu_supports("avxvnni"); }

static int has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

static int has_vnni(void) { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>

/* The matrix unit's registers are large: Linux gives them to processes that ask. */
static int has_amx(void) {
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, TILE_DATA = 18 };
    return has_vnni() && __builtin_cpu_supports("amx-int8") && __builtin_cpu_supports("amx-tile") &&
           syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, TILE_DATA) == 0;
}
#else
static int has_amx(void) { return 0; }
#endif
#endif

const audiolm_kernels *audiolm_kernels_for(audiolm_isa isa) {
    switch (isa) {
    case AUDIOLM_ISA_REF:
        return &audiolm_kernels_ref;
#if defined(__x86_64__)
    case AUDIOLM_ISA_AVX2:
        return has_avx2() ? &audiolm_kernels_avx2 : NULL;
    case AUDIOLM_ISA_AVXVNNI:
        return has_avxvnni() ? &audiolm_kernels_avxvnni : NULL;
    case AUDIOLM_ISA_AVX512:
        return has_avx512() ? &audiolm_kernels_avx512 : NULL;
    case AUDIOLM_ISA_VNNI:
        return has_vnni() ? &audiolm_kernels_vnni : NULL;
    case AUDIOLM_ISA_AMX:
        return has_amx() ? &audiolm_kernels_amx : NULL;
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
    static const audiolm_isa best_first[] = {AUDIOLM_ISA_AMX,     AUDIOLM_ISA_VNNI, AUDIOLM_ISA_AVX512,
                                             AUDIOLM_ISA_AVXVNNI, AUDIOLM_ISA_AVX2, AUDIOLM_ISA_NEON,
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
