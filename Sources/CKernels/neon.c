/* NEON: thirty-two registers of four, so a tile of six rows by one panel keeps twenty-four sums. */
#if defined(__aarch64__)

#define TABLE audiolm_kernels_neon
#define TABLE_NAME "neon"
#define MAIN_PANELS 1
#define SUMS 4
#define BYTES(product) product
#define REGISTER_BYTES 16
#define PANELS_1 4
#define PANELS_2 2
#define PANELS_3 2

#include <math.h>
#include <stdint.h>
#include <string.h>

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

#endif
