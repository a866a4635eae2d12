#ifndef AUDIOLM_KERNELS_H
#define AUDIOLM_KERNELS_H
#include <stddef.h>
#include <stdint.h>
#endif
