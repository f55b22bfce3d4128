// Selects the toybox kernels of a tier.
#include "toybox.h"

static const ck_toy_table *table(ck_tier tier) {
#if defined(__x86_64__)
    if (tier >= CK_TIER_AVX512) return &ck_toy_table_avx512;
    if (tier == CK_TIER_AVX2) return &ck_toy_table_avx2;
#endif
    (void)tier;
    return &ck_toy_table_scalar;
}

void ck_toy_render(ck_tier tier, const float *parts, int count, const float *frame, const float *camera,
                   const float *light, int width, int height, int samples, float *colour, float *depth, float *normal) {
    table(tier)->render(parts, count, frame, camera, light, width, height, samples, colour, depth, normal);
}

void ck_toy_mask(ck_tier tier, const float *parts, int count, const float *frame, const float *camera, int width,
                 int height, int samples, float *mask) {
    table(tier)->mask(parts, count, frame, camera, width, height, samples, mask);
}

void ck_toy_distance(ck_tier tier, const float *parts, int count, const float *frame, const float *points, int n,
                     float *distance) {
    table(tier)->distance(parts, count, frame, points, n, distance);
}

void ck_toy_shadow(ck_tier tier, const float *parts, int count, const float *frame, const float *points, int n,
                   const float *direction, float softness, float *lit) {
    table(tier)->shadow(parts, count, frame, points, n, direction, softness, lit);
}

void ck_toy_bounds(ck_tier tier, const float *parts, int count, const float *centre, float half, int side,
                   float *box7) {
    table(tier)->bounds(parts, count, centre, half, side, box7);
}

void ck_toy_bytes(const float *values, long n, uint8_t *bytes) {
    for (long i = 0; i < n; i++) {
        float v = values[i] * 255.0f + 0.5f;
        bytes[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
}
