/* The kernel tables that the translation units of this target offer to the dispatcher. */
#ifndef AUDIOLM_TABLES_H
#define AUDIOLM_TABLES_H
#include "CKernels.h"

extern const audiolm_kernels audiolm_kernels_ref;
#if defined(__x86_64__)
extern const audiolm_kernels audiolm_kernels_avx2;
extern const audiolm_kernels audiolm_kernels_avxvnni;
extern const audiolm_kernels audiolm_kernels_avx512;
extern const audiolm_kernels audiolm_kernels_vnni;
extern const audiolm_kernels audiolm_kernels_amx;
#endif
#if defined(__aarch64__)
extern const audiolm_kernels audiolm_kernels_neon;
#endif

#endif
