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
