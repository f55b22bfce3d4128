// Radiance fields: hash-grid encoding, MLP, ray marching, compositing, and their adjoints.
//
// Samples are stored in slabs of `CK_SLAB` slots, one array of `CK_SLAB` floats per quantity (`ck_slab_row`), so that
// loops run over contiguous samples. A slab holds several rounds of one chunk of rays; the samples of a ray keep
// their front-to-back order. Counts are multiples of `CK_SLAB_ALIGN`; padding slots have ray -1.
#ifndef CK_RADIANCE_H
#define CK_RADIANCE_H
#include "ck_cpu.h"
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CK_SLAB 512
#define CK_SLAB_ALIGN 32

/// Outputs per ray, in order: premultiplied colour, opacity, depth, normal, distortion; and their number.
enum {
    CK_RAY_RED = 0,
    CK_RAY_GREEN = 1,
    CK_RAY_BLUE = 2,
    CK_RAY_OPACITY = 3,
    CK_RAY_DEPTH = 4,
    CK_RAY_NORMAL_X = 5,
    CK_RAY_NORMAL_Y = 6,
    CK_RAY_NORMAL_Z = 7,
    CK_RAY_DISTORTION = 8,
    CK_RAY_OUTPUTS = 9
};

/// Rows of a slab. Features follow, then (with normals) the derivatives of the density by each feature.
typedef enum ck_slab_row {
    CK_ROW_X = 0,     // position in the unit cube
    CK_ROW_Y = 1,
    CK_ROW_Z = 2,
    CK_ROW_T = 3,     // distance along the ray
    CK_ROW_SIGMA = 4, // density; after the adjoint: derivative by the network's density output
    CK_ROW_RED = 5,   // colour in [0, 1]; after the adjoint: derivatives by the network's colour outputs
    CK_ROW_GREEN = 6,
    CK_ROW_BLUE = 7,
    CK_ROW_GX = 8,    // gradient of the logit by the unit position; after the adjoint: derivative by it
    CK_ROW_GY = 9,
    CK_ROW_GZ = 10,
    CK_ROW_RAY = 11,  // int32: index of the ray in its chunk, -1 for padding
    CK_ROW_FEATURES = 12
} ck_slab_row;

/// One level of the grid: `resolution` cells per axis; `entries` table rows from row `offset / features`.
typedef struct ck_grid_level {
    int32_t resolution;
    uint32_t entries; // power of two when hashed
    uint32_t offset;  // in floats from the start of the table
    int32_t hashed;
    float weight;     // scales the level's features; 0 switches the level off
} ck_grid_level;

typedef struct ck_field {
    const float *table;
    const ck_grid_level *levels;
    int32_t level_count;
    int32_t features;   // per level: 1, 2, 4 or 8
    int32_t smooth;     // smoothstep instead of linear weights
    const float *network; // W1 [hidden][inputs], b1 [hidden], W2 [4][hidden], b2 [4]
    int32_t hidden;     // multiple of 8, at most 128
    int32_t activation; // 0: scale * softplus(s), 1: scale * exp(s)
    float density_scale;
    float density_bias;
    int32_t blob;       // 0: none, 1: amplitude * exp(-r^2 / (2 width^2)), 2: amplitude * (1 - r / width)
    float blob_amplitude;
    float blob_width;   // world units
    float bound;        // the unit cube covers [-bound, bound]^3
} ck_field;

typedef struct ck_march {
    const uint8_t *occupancy; // one bit per cell, x fastest; null: every cell is occupied
    int32_t occupancy_resolution;
    int32_t sphere;     // clip rays to the sphere of radius `bound` instead of the cube
    int32_t jitter;     // shift each ray's samples by a fraction of a step drawn from (seed, ray index)
    uint32_t seed;
    float near;
    float step;         // distance between samples
    float floor;        // a ray is terminated when its transmittance falls below this
    int32_t normals;    // also compute normals
} ck_march;

/// State of one ray between rounds.
typedef struct ck_ray {
    float origin[3], direction[3];
    float start;
    int32_t next, end;
    float transmittance;
    float outputs[CK_RAY_OUTPUTS];
} ck_ray;

/// Floats of one slab.
int64_t ck_radiance_slab_floats(int32_t inputs, int32_t normals);
/// Number of parameters of the MLP.
int64_t ck_radiance_network_count(int32_t inputs, int32_t hidden);

/// Initialises `count` rays (`rays`: [count][6], origin and unit direction), numbered from `first` for the jitter.
void ck_radiance_rays_start(ck_tier tier, const ck_field *field, const ck_march *march, const float *rays,
                            int32_t count, uint32_t first, ck_ray *states);
/// Writes the next samples of the unfinished rays of a chunk to the slots [offset, returned) of the slab; every ray
/// gets an equal share of the free slots, at most 16. Returns `offset` when all rays have ended.
int32_t ck_radiance_march(ck_tier tier, const ck_field *field, const ck_march *march, ck_ray *states, int32_t count,
                          float *slab, int32_t offset);
/// Features of one level for the slots [from, to).
void ck_radiance_encode(ck_tier tier, const ck_field *field, int32_t level, float *slab, int32_t from, int32_t to);
/// Reads numbers sequentially, to bring them into the cache before random access.
void ck_radiance_warm(const float *numbers, int64_t count);
/// Evaluates the MLP on the features of the slots [from, to) and composites them onto their rays.
void ck_radiance_composite(ck_tier tier, const ck_field *field, const ck_march *march, ck_ray *states, float *slab,
                           int32_t from, int32_t to);
/// Adjoint of compositing and MLP for the slots [0, used) of one slab of a chunk; slabs in order. `states` must be
/// newly initialised; `outputs` and `adjoints` are [count][CK_RAY_OUTPUTS]. Features are replaced by their
/// derivatives; `network_lanes` ([parameters][16]) accumulates.
void ck_radiance_slab_adjoint(ck_tier tier, const ck_field *field, const ck_march *march, ck_ray *states,
                              const float *outputs, const float *adjoints, float *slab, int32_t used,
                              float *network_lanes);
/// Sums the 16 lanes of each derivative of the MLP's parameters.
void ck_radiance_lanes_sum(ck_tier tier, const float *lanes, int64_t count, float *sums);
/// Adds the derivatives with respect to one level's table rows, from slots [0, used) of a slab.
void ck_radiance_scatter(ck_tier tier, const ck_field *field, int32_t level, const float *slab, int32_t used,
                         int32_t normals, float *table_gradient);

/// Evaluates `points` ([count][3], world units; count <= CK_SLAB) into slab rows. Row SIGMA holds the density's logit
/// if `logit`, else the density. Returns the padded count.
int32_t ck_radiance_points(ck_tier tier, const ck_field *field, const float *points, int32_t count,
                           int32_t normals, int32_t logit, float *slab);
/// Adjoint of `ck_radiance_points` with `logit`: `adjoints` [count][4] with respect to logit, red, green, blue; then
/// call `ck_radiance_scatter`.
void ck_radiance_points_adjoint(ck_tier tier, const ck_field *field, const float *adjoints, int32_t count,
                                float *slab, float *network_lanes);

/// Updates the density of the cells first, first + stride, ... (count <= CK_SLAB) at random points in the cells:
/// `densities[cell] = max(decay * densities[cell], density)`.
void ck_radiance_occupancy_update(ck_tier tier, const ck_field *field, int32_t resolution, int64_t first,
                                  int64_t stride, int32_t count, uint32_t seed, float decay, float *densities,
                                  float *slab);
/// Sets the bit of every cell above the threshold and, if `dilate`, of its 26 neighbours. Returns the number of set
/// bits.
int64_t ck_radiance_occupancy_bits(const float *densities, int32_t resolution, float threshold, int32_t dilate,
                                   uint8_t *bits);

/// `average += (1 - decay) * (parameters - average)`.
void ck_radiance_average(ck_tier tier, float *average, const float *parameters, int64_t count, float decay);

#ifdef __cplusplus
}
#endif
#endif
