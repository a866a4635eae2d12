/* The steps of a beam search that leave least over, found among few: bounds rule out the others. */

#define CANDIDATES 64

typedef _Bool b1x16 __attribute__((ext_vector_type(16)));

/* A bit for each lane that is not zero, lane 0 lowest. */
ALWAYS_INLINE unsigned bits_of(i32x16 lanes) {
    const b1x16 narrow = __builtin_convertvector(lanes, b1x16);
    uint16_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    return bits;
}

/* Candidates, whose vectors are on their way to the cache. */
typedef struct {
    size_t count;
    uint32_t origin[CANDIDATES], code[CANDIDATES];
} step_candidates;

/* Of equal errors the earlier path and code come first. */
ALWAYS_INLINE int precedes(audiolm_step a, audiolm_step b) {
    if (a.error != b.error) return a.error < b.error;
    return a.origin != b.origin ? a.origin < b.origin : a.code < b.code;
}

/* Puts a step in its place, if it has one, and the last out. */
ALWAYS_INLINE void insert_step(const audiolm_step_choice *c, audiolm_step step) {
    size_t place = c->kept - 1;
    if (!precedes(step, c->steps[place])) return;
    for (; place > 0 && precedes(step, c->steps[place - 1]); --place) c->steps[place] = c->steps[place - 1];
    c->steps[place] = step;
}

ALWAYS_INLINE float worst_of(const audiolm_step_choice *c) { return c->steps[c->kept - 1].error; }

ALWAYS_INLINE void prefetch_code(const audiolm_step_choice *c, size_t code) {
    const float *vector = c->codebook + code * c->dimension;
    for (size_t i = 0; i < c->dimension; i += LANES) __builtin_prefetch(vector + i);
}

ALWAYS_INLINE audiolm_step measured_step(const audiolm_step_choice *c, uint32_t origin, uint32_t code) {
    const float error = squared_distance(c->residuals + origin * c->dimension, c->codebook + code * c->dimension, c->dimension);
    return (audiolm_step){error, origin, code};
}

/* No more than the errors of the steps whose bounds these are. */
ALWAYS_INLINE f32x16 least_errors(const audiolm_step_choice *c, size_t origin, f32x16 bounds) {
    return splat(c->energies[origin]) - (bounds + bounds);
}

/* What the least error of as many groups as are kept is no more than: least errors of different lanes are of different
 * groups. */
ALWAYS_INLINE float promising_error(const audiolm_step_choice *c, size_t panels) {
    f32x16 least = splat(INFINITY);
    const float *maxima = c->maxima;
    for (size_t origin = 0; origin < c->paths; ++origin)
        for (size_t panel = 0; panel < panels; ++panel, maxima += LANES)
            least = __builtin_elementwise_min(least, least_errors(c, origin, load(maxima)));
    if (c->kept > LANES) return INFINITY;
    for (size_t i = 1; i < c->kept; ++i) least[__builtin_ctz(bits_of(least == splat(__builtin_reduce_min(least))))] = INFINITY;
    return __builtin_reduce_min(least);
}

/* The most promising step of each of the most promising groups of four, as many as are kept: none of the steps to keep leaves
 * more over than these. */
ALWAYS_INLINE void measure_leaders(const audiolm_step_choice *c, size_t panels) {
    for (size_t i = 0; i < c->kept; ++i) c->steps[i] = (audiolm_step){INFINITY, 0, 0};
    const f32x16 promising = splat(promising_error(c, panels));
    const float *maxima = c->maxima;
    for (size_t origin = 0; origin < c->paths; ++origin)
        for (size_t panel = 0; panel < panels; ++panel, maxima += LANES) {
            const f32x16 least = least_errors(c, origin, load(maxima));
            for (unsigned bits = bits_of(least <= promising); bits; bits &= bits - 1) {
                const unsigned lane = (unsigned)__builtin_ctz(bits);
                insert_step(c, (audiolm_step){least[lane], (uint32_t)origin, (uint32_t)(panel * AUDIOLM_PANEL_I8 + lane)});
            }
        }
    for (size_t i = 0; i < c->kept && c->steps[i].error < INFINITY; ++i) {
        audiolm_step *leader = &c->steps[i];
        const float *bounds = c->bounds + leader->origin * c->codes;
        const uint32_t first = leader->code, end = first - first % AUDIOLM_PANEL_I8 + AUDIOLM_PANEL_I8;
        for (uint32_t code = first + LANES; code < end && code < c->codes; code += LANES)
            if (bounds[code] > bounds[leader->code]) leader->code = code;
        prefetch_code(c, leader->code);
    }
    for (size_t i = 0; i < c->kept && c->steps[i].error < INFINITY; ++i) {
        const audiolm_step step = measured_step(c, c->steps[i].origin, c->steps[i].code);
        size_t place = i;
        for (; place > 0 && precedes(step, c->steps[place - 1]); --place) c->steps[place] = c->steps[place - 1];
        c->steps[place] = step;
    }
}

ALWAYS_INLINE int is_kept(const audiolm_step_choice *c, uint32_t origin, uint32_t code) {
    for (size_t i = 0; i < c->kept; ++i)
        if (c->steps[i].code == code && c->steps[i].origin == origin && c->steps[i].error < INFINITY) return 1;
    return 0;
}

ALWAYS_INLINE void measure_candidates(const audiolm_step_choice *c, step_candidates *candidates) {
    for (size_t i = 0; i < candidates->count; ++i)
        insert_step(c, measured_step(c, candidates->origin[i], candidates->code[i]));
    candidates->count = 0;
}

/* Sixteen steps at most, of which those are looked at that may be among the best. */
ALWAYS_INLINE void consider_steps(const audiolm_step_choice *c, size_t origin, size_t code, step_candidates *candidates) {
    const size_t left = c->codes - code;
    const float *at = c->bounds + origin * c->codes + code;
    unsigned bits = bits_of(least_errors(c, origin, left >= LANES ? load(at) : load_part(at, left)) <= splat(worst_of(c)));
    if (left < LANES) bits &= (1u << left) - 1;
    for (; bits; bits &= bits - 1) {
        const uint32_t found = (uint32_t)(code + (size_t)__builtin_ctz(bits));
        if (is_kept(c, (uint32_t)origin, found)) continue;
        if (candidates->count == CANDIDATES) measure_candidates(c, candidates);
        prefetch_code(c, found);
        candidates->origin[candidates->count] = (uint32_t)origin;
        candidates->code[candidates->count++] = found;
    }
}

static void nearest_steps(const audiolm_step_choice *choice) {
    const audiolm_step_choice local = *choice, *c = &local; /* what is stored cannot change it */
    const size_t panels = (c->codes + AUDIOLM_PANEL_I8 - 1) / AUDIOLM_PANEL_I8;
    measure_leaders(c, panels);
    step_candidates candidates = {0};
    const float *maxima = c->maxima;
    for (size_t origin = 0; origin < c->paths; ++origin)
        for (size_t panel = 0; panel < panels; ++panel, maxima += LANES) {
            if (!bits_of(least_errors(c, origin, load(maxima)) <= splat(worst_of(c)))) continue;
            const size_t first = panel * AUDIOLM_PANEL_I8;
            for (size_t code = first; code < first + AUDIOLM_PANEL_I8 && code < c->codes; code += LANES)
                consider_steps(c, origin, code, &candidates);
        }
    measure_candidates(c, &candidates);
}
