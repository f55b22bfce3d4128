// Selects the tier of each radiance kernel; kernels without tiers are defined here.
#include "radiance-table.h"

extern const ck_radiance_functions ck_radiance_functions_scalar;
#if defined(__x86_64__)
extern const ck_radiance_functions ck_radiance_functions_avx2, ck_radiance_functions_avx512;
#endif

static const ck_radiance_functions *table(ck_tier tier) {
#if defined(__x86_64__)
    if (tier >= CK_TIER_AVX512) return &ck_radiance_functions_avx512;
    if (tier == CK_TIER_AVX2) return &ck_radiance_functions_avx2;
#endif
    (void)tier;
    return &ck_radiance_functions_scalar;
}

int64_t ck_radiance_slab_floats(int32_t inputs, int32_t normals) {
    return (int64_t)CK_SLAB * (CK_ROW_FEATURES + inputs * (normals ? 2 : 1));
}

int64_t ck_radiance_network_count(int32_t inputs, int32_t hidden) {
    return (int64_t)hidden * inputs + hidden + 4 * hidden + 4;
}

void ck_radiance_rays_start(ck_tier tier, const ck_field *field, const ck_march *march, const float *rays,
                            int32_t count, uint32_t first, ck_ray *states) {
    table(tier)->rays_start(field, march, rays, count, first, states);
}

int32_t ck_radiance_march(ck_tier tier, const ck_field *field, const ck_march *march, ck_ray *states, int32_t count,
                          float *slab, int32_t offset) {
    return table(tier)->march(field, march, states, count, slab, offset);
}

void ck_radiance_encode(ck_tier tier, const ck_field *field, int32_t level, float *slab, int32_t from, int32_t to) {
    table(tier)->encode(field, level, slab, from, to);
}

void ck_radiance_warm(const float *numbers, int64_t count) {
    // Loads instead of prefetches, which are dropped when too many are outstanding; four sums, so that the loads are
    // independent.
    const int64_t line = 16;
    float sums[4] = {0};
    for (int64_t i = 0; i + 4 * line <= count; i += 4 * line)
        for (int k = 0; k < 4; k++) sums[k] += numbers[i + k * line];
    volatile float kept = sums[0] + sums[1] + sums[2] + sums[3];
    (void)kept;
}

void ck_radiance_composite(ck_tier tier, const ck_field *field, const ck_march *march, ck_ray *states, float *slab,
                           int32_t from, int32_t to) {
    table(tier)->composite(field, march, states, slab, from, to);
}

void ck_radiance_slab_adjoint(ck_tier tier, const ck_field *field, const ck_march *march, ck_ray *states,
                              const float *outputs, const float *adjoints, float *slab, int32_t used,
                              float *network_lanes) {
    table(tier)->slab_adjoint(field, march, states, outputs, adjoints, slab, used, network_lanes);
}

void ck_radiance_lanes_sum(ck_tier tier, const float *lanes, int64_t count, float *sums) {
    table(tier)->lanes_sum(lanes, count, sums);
}

void ck_radiance_scatter(ck_tier tier, const ck_field *field, int32_t level, const float *slab, int32_t used,
                         int32_t normals, float *table_gradient) {
    table(tier)->scatter(field, level, slab, used, normals, table_gradient);
}

int32_t ck_radiance_points(ck_tier tier, const ck_field *field, const float *points, int32_t count, int32_t normals,
                           int32_t logit, float *slab) {
    return table(tier)->points(field, points, count, normals, logit, slab);
}

void ck_radiance_points_adjoint(ck_tier tier, const ck_field *field, const float *adjoints, int32_t count,
                                float *slab, float *network_lanes) {
    table(tier)->points_adjoint(field, adjoints, count, slab, network_lanes);
}

void ck_radiance_occupancy_update(ck_tier tier, const ck_field *field, int32_t resolution, int64_t first,
                                  int64_t stride, int32_t count, uint32_t seed, float decay, float *densities,
                                  float *slab) {
    table(tier)->occupancy_update(field, resolution, first, stride, count, seed, decay, densities, slab);
}

int64_t ck_radiance_occupancy_bits(const float *densities, int32_t resolution, float threshold, int32_t dilate,
                                   uint8_t *bits) {
    const int32_t n = resolution, reach = dilate ? 1 : 0;
    const int64_t cells = (int64_t)n * n * n;
    memset(bits, 0, (size_t)((cells + 7) / 8));
    for (int32_t z = 0; z < n; z++)
        for (int32_t y = 0; y < n; y++)
            for (int32_t x = 0; x < n; x++) {
                if (!(densities[((int64_t)z * n + y) * n + x] > threshold)) continue;
                for (int32_t k = z - reach; k <= z + reach; k++)
                    for (int32_t j = y - reach; j <= y + reach; j++)
                        for (int32_t i = x - reach; i <= x + reach; i++) {
                            if (i < 0 || j < 0 || k < 0 || i >= n || j >= n || k >= n) continue;
                            const int64_t cell = ((int64_t)k * n + j) * n + i;
                            bits[cell >> 3] |= (uint8_t)(1 << (cell & 7));
                        }
            }
    int64_t set = 0;
    for (int64_t i = 0; i < (cells + 7) / 8; i++) set += __builtin_popcount(bits[i]);
    return set;
}

void ck_radiance_average(ck_tier tier, float *average, const float *parameters, int64_t count, float decay) {
    table(tier)->average(average, parameters, count, decay);
}
