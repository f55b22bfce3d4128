// Winograd's minimal filtering of 3 × 3 kernels: (T + 2)² multiplications where direct convolution takes 9 T².
//
// Source: Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, section 4. A tile of T × T
// results takes (T + 2) × (T + 2) inputs; vectors run along channels.

/// Up to a vector of a pixel's channels from `c` on, normalised if `scale` is not null.
INLINE lanes load_pixel(const float *pixel, size_t c, size_t left, const float *scale, const float *shift, int silu) {
#pragma clang fp contract(fast)
    lanes v = load_some(pixel + c, left);
    if (!scale) return v;
    v = v * load_some(scale + c, left) + load_some(shift + c, left);
    return silu ? silu_lanes(v) : v;
}

/// Maximum number of tiles in a strip.
#define STRIP 16

#define TILED(name) TILED_(name, TILE)
#define TILED_(name, tile) TILED__(name, tile)
#define TILED__(name, tile) name##_##tile
/// Side of a transformed tile.
#define SIDE (TILE + 2)

#include "winograd4-inl.h"
#define TILE 4
#include "winograd-tiles-inl.h"
#undef TILE

#include "winograd6-inl.h"
#define TILE 6
#include "winograd-tiles-inl.h"
#undef TILE
