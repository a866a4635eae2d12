/* Weights in the order in which products read them. */
#include "CKernels.h"

#include <string.h>

enum { GROUP = 4, BLOCK = 4 * GROUP };

void audiolm_pack_i8(const int8_t *weights, size_t outputs, size_t inputs, size_t inner, int8_t *panels, int32_t *sums) {
    for (size_t output = 0; output < outputs; ++output) {
        const int8_t *row = weights + output * inputs;
        int32_t sum = 0;
        for (size_t i = 0; i < inputs; ++i) sum += row[i];
        sums[output] = sum;
    }
    for (size_t first = 0; first < outputs; first += AUDIOLM_PANEL_I8, panels += inner * AUDIOLM_PANEL_I8) {
        const size_t width = outputs - first < AUDIOLM_PANEL_I8 ? outputs - first : AUDIOLM_PANEL_I8;
        /* A few inputs of all outputs: the part of the panel that they fill stays in the nearest cache. */
        for (size_t i = 0; i < inputs; i += BLOCK)
            for (size_t column = 0; column < width; ++column) {
                int8_t four[BLOCK] = {0};
                const size_t count = inputs - i < BLOCK ? inputs - i : BLOCK;
                memcpy(four, weights + (first + column) * inputs + i, count);
                for (size_t group = 0; group < BLOCK && i + group < inner; group += GROUP)
                    memcpy(panels + (i + group) * AUDIOLM_PANEL_I8 + column * GROUP, four + group, GROUP);
            }
    }
}
