/* Weights in panels. */

/* Bytes of weights that are fetched ahead of their use: what the cache next to memory takes to answer. */
#define PREFETCH_BYTES 2048

/* Asks for weights that come later than the P times sixteen outputs at w: of the next panel, where these are a part of each
 * line's neighbours only. */
ALWAYS_INLINE void fetch_ahead(const int P, size_t inner, const int8_t *w) {
    _Pragma("unroll") for (int p = 0; p < P; ++p) {
        if (P == 4)
            __builtin_prefetch(w + PREFETCH_BYTES + p * 4 * LANES);
        else
            __builtin_prefetch(w + inner * AUDIOLM_PANEL_I8 + p * 4 * LANES, 0, 2);
    }
}

/* Where several bands of rows take a whole panel one after the other, each of the first ones asks for its part of the next
 * panel from front to back, so many lines for every four inputs: the first band alone would have to wait for memory, and the
 * others would leave it idle. Lines that are asked for in another order, or ahead of their use in the same panel, come no
 * faster than a core can remember to have asked for them. */
typedef struct {
    const int8_t *next;
    int lines;
} fetched_part;

ALWAYS_INLINE fetched_part part_of_next(const int8_t *panels, size_t panel, size_t inner, size_t band, size_t bands) {
    const int lines = bands < 2 ? 0 : bands < 4 ? 2 : 1;
    if (lines == 0 || band * (size_t)lines >= 4) return (fetched_part){NULL, 0};
    return (fetched_part){panels + ((panel + 1) * 4 + band * (size_t)lines) * inner * AUDIOLM_PANEL_I8 / 4, lines};
}

/* At input i of a panel's inner loop. Into the second cache: the first has room for the panel in use alone. */
ALWAYS_INLINE void fetch_part(fetched_part part, size_t i) {
    if (part.lines > 0) __builtin_prefetch(part.next + i * 16 * (size_t)part.lines, 0, 2);
    if (part.lines > 1) __builtin_prefetch(part.next + i * 16 * (size_t)part.lines + 64, 0, 2);
}
