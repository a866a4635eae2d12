/* AVX-512: thirty-two registers of sixteen, so a tile of six rows by four panels keeps twenty-four sums. */
#if defined(__x86_64__)

#define TABLE audiolm_kernels_avx512
#define TABLE_NAME "avx512"
#define MAIN_PANELS 4
#define SUMS 16
#define BYTES(product) product
#define REGISTER_BYTES 64
#define PANELS_1 8
#define PANELS_2 8
#define PANELS_3 8

#include <math.h>
#include <stdint.h>
#include <string.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), apply_to = function)
#include "body/vector.h"

#include "body/reduce.h"

#include "body/fft.h"
#include "body/four_inputs_pairs.h"
#include "body/panels.h"
#include "body/seven_bits.h"
#include "body/past.h"
#include "body/attention.h"
#include "body/bounds_i7.h"
#include "body/gemm.h"
#include "body/gemm_i7.h"
#include "body/gemm_i8.h"
#include "body/lanes.h"
#include "body/nearest_steps.h"
#include "body/rows.h"
#include "body/table.h"
#pragma clang attribute pop

#endif
