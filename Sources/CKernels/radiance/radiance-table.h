// Function table of one CPU tier, and the headers that must be included outside the target attributes.
#ifndef CK_RADIANCE_TABLE_H
#define CK_RADIANCE_TABLE_H
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "../ck_tier.h"
#include "ck_radiance.h"

typedef struct ck_radiance_functions {
    void (*rays_start)(const ck_field *, const ck_march *, const float *, int32_t, uint32_t, ck_ray *);
    int32_t (*march)(const ck_field *, const ck_march *, ck_ray *, int32_t, float *, int32_t);
    void (*encode)(const ck_field *, int32_t, float *, int32_t, int32_t);
    void (*composite)(const ck_field *, const ck_march *, ck_ray *, float *, int32_t, int32_t);
    void (*slab_adjoint)(const ck_field *, const ck_march *, ck_ray *, const float *, const float *, float *, int32_t,
                         float *);
    void (*lanes_sum)(const float *, int64_t, float *);
    void (*scatter)(const ck_field *, int32_t, const float *, int32_t, int32_t, float *);
    int32_t (*points)(const ck_field *, const float *, int32_t, int32_t, int32_t, float *);
    void (*points_adjoint)(const ck_field *, const float *, int32_t, float *, float *);
    void (*occupancy_update)(const ck_field *, int32_t, int64_t, int64_t, int32_t, uint32_t, float, float *, float *);
    void (*average)(float *, const float *, int64_t, float);
} ck_radiance_functions;
#endif
