// Signed-distance objects: sphere tracing, distances and bounds of lists of primitives.
#ifndef CK_TOYBOX_H
#define CK_TOYBOX_H

#include <stdint.h>
#include "ck_cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

// A part is CK_TOY_PART floats:
//   0 kind, 1 operation (0 union, 1 subtract, 2 intersect), 2 mirror bits (1: x, 2: z), 3 pattern, 4 blend radius
//   5..10 shape parameters, 11..19 world-to-local rotation (row-major), 20..22 position
//   23..25 colour, 26..28 second colour, 29 pattern frequency, 30 gloss, 31 pattern seed
//   32..34 centre and 35 radius of a sphere that bounds the part (before mirroring)
#define CK_TOY_PART 36

// An object's frame is CK_TOY_FRAME floats: 0 scale, 1..3 centre in part units (world = (part − centre) · scale), 4
// radius of the bounding sphere (world units, about the origin), 5 grain amplitude, 6 grain frequency (per world
// unit), 7 grain seed.
#define CK_TOY_FRAME 8

// A camera is CK_TOY_CAMERA floats: position, right, up, forward (3 each), then the window on the image plane at unit
// distance: left, top, width, height (top is the larger v; v points up).
#define CK_TOY_CAMERA 16

// A light is CK_TOY_LIGHT floats: direction towards the light (3), up (3), ambient, directional, hemisphere,
// occlusion strength, tint (3).
#define CK_TOY_LIGHT 13

/// Renders into `colour` [height, width, 4] (premultiplied) and, unless null, `depth` [height, width] (distance along
/// the view axis, 0 outside) and `normal` [height, width, 3]. `samples` is the side of the supersampling square.
void ck_toy_render(ck_tier tier, const float *parts, int count, const float *frame, const float *camera,
                   const float *light, int width, int height, int samples, float *colour, float *depth, float *normal);

/// Coverage only: `mask` [height, width] in [0, 1].
void ck_toy_mask(ck_tier tier, const float *parts, int count, const float *frame, const float *camera, int width,
                 int height, int samples, float *mask);

/// Signed distance in world units at `n` points given as [n, 3] world coordinates.
void ck_toy_distance(ck_tier tier, const float *parts, int count, const float *frame, const float *points, int n,
                     float *distance);

/// Visibility, from each of `n` world points, of a light of angular softness `softness`: 0 shadowed, 1 lit.
void ck_toy_shadow(ck_tier tier, const float *parts, int count, const float *frame, const float *points, int n,
                   const float *direction, float softness, float *lit);

/// Samples the distance on a `side`³ grid over the cube of half side `half` about `centre` (part units) and writes
/// the solid's bounding box (low 3, high 3) and its radius about the box's centre; radius 0 if no sample is inside.
void ck_toy_bounds(ck_tier tier, const float *parts, int count, const float *centre, float half, int side,
                   float *box7);

/// Converts [0, 1] to bytes, rounding.
void ck_toy_bytes(const float *values, long n, uint8_t *bytes);

#ifdef __cplusplus
}
#endif
#endif
