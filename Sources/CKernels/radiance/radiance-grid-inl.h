// Multi-resolution hash grid: interpolation, its directional derivative, and the scatter adjoint. After Müller et al.
// 2022, section 3. Vertices are at p * resolution; levels that fit are stored densely.

#define CK_GRID_BLOCK 32

typedef struct CK_NAME(cells) {
    int32_t ix[CK_GRID_BLOCK], iy[CK_GRID_BLOCK], iz[CK_GRID_BLOCK];
    float fx[CK_GRID_BLOCK], fy[CK_GRID_BLOCK], fz[CK_GRID_BLOCK];    // interpolation weights
    float dx[CK_GRID_BLOCK], dy[CK_GRID_BLOCK], dz[CK_GRID_BLOCK];    // and their derivatives with respect to the position
} CK_NAME(cells);

static inline __attribute__((always_inline)) void CK_NAME(axis)(const float *p, int32_t resolution, int smooth,
                                                                int32_t *cell, float *weight, float *slope) {
    const float scale = (float)resolution;
    const int32_t last = resolution - 1;
    for (int i = 0; i < CK_GRID_BLOCK; i++) {
        const float x = p[i] * scale;
        int32_t c = (int32_t)x;
        c = c < 0 ? 0 : c;
        c = c > last ? last : c;
        float f = x - (float)c;
        f = f < 0.f ? 0.f : f;
        f = f > 1.f ? 1.f : f;
        cell[i] = c;
        weight[i] = smooth ? f * f * (3.f - 2.f * f) : f;
        slope[i] = smooth ? 6.f * f * (1.f - f) * scale : scale;
    }
}

static inline void CK_NAME(find_cells)(const float *slab, int32_t at, const ck_grid_level *level, int smooth,
                                       CK_NAME(cells) *out) {
    const int32_t n = level->resolution;
    CK_NAME(axis)(slab + CK_ROW_X * CK_SLAB + at, n, smooth, out->ix, out->fx, out->dx);
    CK_NAME(axis)(slab + CK_ROW_Y * CK_SLAB + at, n, smooth, out->iy, out->fy, out->dy);
    CK_NAME(axis)(slab + CK_ROW_Z * CK_SLAB + at, n, smooth, out->iz, out->fz, out->dz);
}

/// Float offsets of the eight corners of one cell (x fastest).
static inline __attribute__((always_inline)) void CK_NAME(corners)(const ck_grid_level *level, int32_t ix,
                                                                   int32_t iy, int32_t iz, uint32_t features,
                                                                   uint32_t out[8]) {
    const uint32_t x0 = (uint32_t)ix, x1 = x0 + 1;
    if (level->hashed) {
        const uint32_t mask = level->entries - 1;
        const uint32_t y0 = (uint32_t)iy * 2654435761U, y1 = y0 + 2654435761U;
        const uint32_t z0 = (uint32_t)iz * 805459861U, z1 = z0 + 805459861U;
        const uint32_t a = y0 ^ z0, b = y1 ^ z0, c = y0 ^ z1, d = y1 ^ z1;
        out[0] = ((x0 ^ a) & mask) * features;
        out[1] = ((x1 ^ a) & mask) * features;
        out[2] = ((x0 ^ b) & mask) * features;
        out[3] = ((x1 ^ b) & mask) * features;
        out[4] = ((x0 ^ c) & mask) * features;
        out[5] = ((x1 ^ c) & mask) * features;
        out[6] = ((x0 ^ d) & mask) * features;
        out[7] = ((x1 ^ d) & mask) * features;
    } else {
        const uint32_t side = (uint32_t)level->resolution + 1;
        const uint32_t base = (((uint32_t)iz * side + (uint32_t)iy) * side + x0) * features;
        const uint32_t dy = side * features, dz = side * side * features;
        out[0] = base;
        out[1] = base + features;
        out[2] = base + dy;
        out[3] = base + dy + features;
        out[4] = base + dz;
        out[5] = base + dz + features;
        out[6] = base + dz + dy;
        out[7] = base + dz + dy + features;
    }
}

static const float CK_NAME(sign_x)[8] = {-1, 1, -1, 1, -1, 1, -1, 1};
static const float CK_NAME(sign_y)[8] = {-1, -1, 1, 1, -1, -1, 1, 1};
static const float CK_NAME(sign_z)[8] = {-1, -1, -1, -1, 1, 1, 1, 1};

static inline __attribute__((always_inline)) void CK_NAME(axis_weights)(float fx, float fy, float fz,
                                                                        CK_NAME(f8) *wx, CK_NAME(f8) *wy,
                                                                        CK_NAME(f8) *wz) {
    typedef CK_NAME(f8) f8;
    const f8 sx = *(const f8 *)CK_NAME(sign_x), sy = *(const f8 *)CK_NAME(sign_y);
    const f8 sz = *(const f8 *)CK_NAME(sign_z);
    *wx = (1.f - sx) * 0.5f + sx * fx;
    *wy = (1.f - sy) * 0.5f + sy * fy;
    *wz = (1.f - sz) * 0.5f + sz * fz;
}

/// Float offsets and weights of the eight corners of a block's cells, by corner.
typedef struct CK_NAME(stencil) {
    uint32_t corner[8][CK_GRID_BLOCK];
    float weight[8][CK_GRID_BLOCK];
} CK_NAME(stencil);

static inline __attribute__((always_inline)) void CK_NAME(find_stencil)(const float *slab, int32_t at,
                                                                        const ck_grid_level *level, int smooth,
                                                                        uint32_t features, CK_NAME(stencil) *out) {
    CK_NAME(cells) cells;
    CK_NAME(find_cells)(slab, at, level, smooth, &cells);
    for (int i = 0; i < CK_GRID_BLOCK; i++) {
        uint32_t corner[8];
        CK_NAME(corners)(level, cells.ix[i], cells.iy[i], cells.iz[i], features, corner);
        for (int k = 0; k < 8; k++) out->corner[k][i] = corner[k];
    }
    const float scale = level->weight;
    for (int i = 0; i < CK_GRID_BLOCK; i++) {
        const float x1 = cells.fx[i], x0 = 1.f - x1;
        const float y1 = cells.fy[i] * scale, y0 = scale - y1;
        const float z1 = cells.fz[i], z0 = 1.f - z1;
        const float a = y0 * z0, b = y1 * z0, c = y0 * z1, d = y1 * z1;
        const float w[8] = {x0 * a, x1 * a, x0 * b, x1 * b, x0 * c, x1 * c, x0 * d, x1 * d};
        for (int k = 0; k < 8; k++) out->weight[k][i] = w[k];
    }
}

/// Levels with more numbers than this do not fit L2 together with the other data.
#define CK_FAR_LEVEL (1 << 16)

/// Prefetches the rows of one sample of a block; neighbours along x mostly share a cache line. `write` if they will
/// be modified.
static inline __attribute__((always_inline)) void CK_NAME(prefetch_rows)(const float *rows,
                                                                         const uint32_t corner[8][CK_GRID_BLOCK],
                                                                         int i, const int write) {
    for (int k = 0; k < 8; k += 2)
        if (write) __builtin_prefetch(rows + corner[k][i], 1, 3);
        else __builtin_prefetch(rows + corner[k][i], 0, 3);
}

/// Prefetches one block's part of `count` rows of a slab, which is in L3 when samples pass through many levels.
static inline __attribute__((always_inline)) void CK_NAME(prefetch_block)(const float *first, int32_t at,
                                                                          const int count, const int write) {
    for (int r = 0; r < count; r++)
        for (int i = 0; i < CK_GRID_BLOCK; i += 16)
            if (write) __builtin_prefetch(first + r * CK_SLAB + at + i, 1, 3);
            else __builtin_prefetch(first + r * CK_SLAB + at + i, 0, 3);
}

/// Distance, in blocks, between the block being processed and the one whose positions are prefetched.
#define CK_BLOCKS_AHEAD 3

/// Interpolates one block while the rows of the next one are prefetched.
static inline __attribute__((always_inline)) void
CK_NAME(encode_level)(const ck_grid_level *level, const float *table, int smooth, const float *slab, int32_t from,
                      int32_t to, float *features, const int F) {
    CK_NAME(stencil) blocks[2];
    const float *rows = table + level->offset;
    const int is_far = level->entries * (uint32_t)F > CK_FAR_LEVEL;
    for (int32_t b = 1; b < CK_BLOCKS_AHEAD && from + b * CK_GRID_BLOCK < to; b++)
        CK_NAME(prefetch_block)(slab + CK_ROW_X * CK_SLAB, from + b * CK_GRID_BLOCK, 3, 0);
    CK_NAME(find_stencil)(slab, from, level, smooth, (uint32_t)F, blocks);
    for (int32_t at = from, turn = 0; at < to; at += CK_GRID_BLOCK, turn ^= 1) {
        const CK_NAME(stencil) *stencil = blocks + turn, *next = blocks + (turn ^ 1);
        const int ahead = at + CK_GRID_BLOCK < to;
        if (at + CK_BLOCKS_AHEAD * CK_GRID_BLOCK < to)
            CK_NAME(prefetch_block)(slab + CK_ROW_X * CK_SLAB, at + CK_BLOCKS_AHEAD * CK_GRID_BLOCK, 3, 0);
        if (ahead)
            CK_NAME(find_stencil)(slab, at + CK_GRID_BLOCK, level, smooth, (uint32_t)F, blocks + (turn ^ 1));
        for (int i = 0; i < CK_GRID_BLOCK; i++) {
            if (ahead && is_far) CK_NAME(prefetch_rows)(rows, next->corner, i, 0);
            if (F == 2) {
                typedef CK_NAME(f2) f2;
                f2 even = {0}, odd = {0};
                for (int k = 0; k < 8; k += 2) {
                    even += *(const f2 *)(rows + stencil->corner[k][i]) * stencil->weight[k][i];
                    odd += *(const f2 *)(rows + stencil->corner[k + 1][i]) * stencil->weight[k + 1][i];
                }
                even += odd;
                features[at + i] = even[0];
                features[CK_SLAB + at + i] = even[1];
            } else {
                float sum[8] = {0};
                for (int k = 0; k < 8; k++)
                    for (int f = 0; f < F; f++) sum[f] += stencil->weight[k][i] * rows[stencil->corner[k][i] + f];
                for (int f = 0; f < F; f++) features[f * CK_SLAB + at + i] = sum[f];
            }
        }
    }
}

/// Features of one level for the slots [from, to); both multiples of 32.
static void CK_NAME(encode)(const ck_field *field, int32_t l, float *slab, int32_t from, int32_t to) {
    const ck_grid_level *level = field->levels + l;
    float *features = slab + (CK_ROW_FEATURES + l * field->features) * CK_SLAB;
    if (level->weight == 0.f) {
        for (int f = 0; f < field->features; f++)
            memset(features + f * CK_SLAB + from, 0, sizeof(float) * (size_t)(to - from));
        return;
    }
    if (from >= to) return;
    switch (field->features) {
    case 1: CK_NAME(encode_level)(level, field->table, field->smooth, slab, from, to, features, 1); break;
    case 2: CK_NAME(encode_level)(level, field->table, field->smooth, slab, from, to, features, 2); break;
    case 4: CK_NAME(encode_level)(level, field->table, field->smooth, slab, from, to, features, 4); break;
    default: CK_NAME(encode_level)(level, field->table, field->smooth, slab, from, to, features, 8); break;
    }
}

/// Gradient of the logit with respect to the position: rows GX...GZ += sum over features of `slope` times the
/// derivative of the feature. `slope` is the rows after the features.
static void CK_NAME(position_gradient)(const ck_field *field, float *slab, int32_t from, int32_t to) {
    typedef CK_NAME(f8) f8;
    const f8 sx = *(const f8 *)CK_NAME(sign_x), sy = *(const f8 *)CK_NAME(sign_y);
    const f8 sz = *(const f8 *)CK_NAME(sign_z);
    const int F = field->features, inputs = field->level_count * F;
    for (int32_t l = 0; l < field->level_count; l++) {
        const ck_grid_level *level = field->levels + l;
        if (level->weight == 0.f) continue;
        const float *rows = field->table + level->offset;
        const float *slope = slab + (CK_ROW_FEATURES + inputs + l * F) * CK_SLAB;
        for (int32_t at = from; at < to; at += CK_GRID_BLOCK) {
            CK_NAME(cells) cells;
            CK_NAME(find_cells)(slab, at, level, field->smooth, &cells);
            for (int i = 0; i < CK_GRID_BLOCK; i++) {
                uint32_t corner[8];
                CK_NAME(corners)(level, cells.ix[i], cells.iy[i], cells.iz[i], (uint32_t)F, corner);
                f8 wx, wy, wz, value;
                CK_NAME(axis_weights)(cells.fx[i], cells.fy[i], cells.fz[i], &wx, &wy, &wz);
                for (int k = 0; k < 8; k++) {
                    float sum = 0.f;
                    for (int f = 0; f < F; f++) sum += rows[corner[k] + f] * slope[f * CK_SLAB + at + i];
                    value[k] = sum * level->weight;
                }
                const f8 gx = value * sx * wy * wz, gy = value * wx * sy * wz, gz = value * wx * wy * sz;
                float x = 0.f, y = 0.f, z = 0.f;
                for (int k = 0; k < 8; k++) x += gx[k], y += gy[k], z += gz[k];
                slab[CK_ROW_GX * CK_SLAB + at + i] += x * cells.dx[i];
                slab[CK_ROW_GY * CK_SLAB + at + i] += y * cells.dy[i];
                slab[CK_ROW_GZ * CK_SLAB + at + i] += z * cells.dz[i];
            }
        }
    }
}

/// Directional derivative of the features along rows GX...GZ, into `tangent` ([inputs][CK_SLAB]).
static void CK_NAME(tangent)(const ck_field *field, const float *slab, int32_t from, int32_t to, float *tangent) {
    typedef CK_NAME(f8) f8;
    const f8 sx = *(const f8 *)CK_NAME(sign_x), sy = *(const f8 *)CK_NAME(sign_y);
    const f8 sz = *(const f8 *)CK_NAME(sign_z);
    const int F = field->features;
    for (int32_t l = 0; l < field->level_count; l++) {
        const ck_grid_level *level = field->levels + l;
        const float *rows = field->table + level->offset;
        float *out = tangent + l * F * CK_SLAB;
        for (int32_t at = from; at < to; at += CK_GRID_BLOCK) {
            CK_NAME(cells) cells;
            CK_NAME(find_cells)(slab, at, level, field->smooth, &cells);
            for (int i = 0; i < CK_GRID_BLOCK; i++) {
                uint32_t corner[8];
                CK_NAME(corners)(level, cells.ix[i], cells.iy[i], cells.iz[i], (uint32_t)F, corner);
                f8 wx, wy, wz;
                CK_NAME(axis_weights)(cells.fx[i], cells.fy[i], cells.fz[i], &wx, &wy, &wz);
                const float vx = slab[CK_ROW_GX * CK_SLAB + at + i] * cells.dx[i] * level->weight;
                const float vy = slab[CK_ROW_GY * CK_SLAB + at + i] * cells.dy[i] * level->weight;
                const float vz = slab[CK_ROW_GZ * CK_SLAB + at + i] * cells.dz[i] * level->weight;
                const f8 w = vx * (sx * wy * wz) + vy * (wx * sy * wz) + vz * (wx * wy * sz);
                for (int f = 0; f < F; f++) {
                    float sum = 0.f;
                    for (int k = 0; k < 8; k++) sum += w[k] * rows[corner[k] + f];
                    out[f * CK_SLAB + at + i] = sum;
                }
            }
        }
    }
}

/// Corner weights of one sample for lanes whose signs select the corner: the level's factor times the derivative of
/// the feature's adjoint with respect to the row.
#define CK_CORNER_WEIGHTS(V, cells, i, sx, sy, sz, wx, wy, wz)                                                         \
    const V wx = (1.f - sx) * 0.5f + sx * cells.fx[i], wy = (1.f - sy) * 0.5f + sy * cells.fy[i],                      \
            wz = (1.f - sz) * 0.5f + sz * cells.fz[i]

/// Contribution of the derivative by the position to corner weights.
#define CK_CORNER_SLOPES(slab, at, cells, i, scale, sx, sy, sz, wx, wy, wz)                                            \
    (slab[CK_ROW_GX * CK_SLAB + at + i] * cells.dx[i] * scale * (sx * wy * wz) +                                       \
     slab[CK_ROW_GY * CK_SLAB + at + i] * cells.dy[i] * scale * (wx * sy * wz) +                                       \
     slab[CK_ROW_GZ * CK_SLAB + at + i] * cells.dz[i] * scale * (wx * wy * sz))

/// Adds the derivatives with respect to one level's rows: eight rows of F numbers per sample. Padding adds zeros.
static inline __attribute__((always_inline)) void
CK_NAME(scatter_level)(const ck_field *field, const ck_grid_level *level, const float *features,
                       const float *slope, const float *slab, int32_t used, float *gradient, const int F) {
    typedef CK_NAME(f8) f8;
    const f8 sx = *(const f8 *)CK_NAME(sign_x), sy = *(const f8 *)CK_NAME(sign_y);
    const f8 sz = *(const f8 *)CK_NAME(sign_z);
    float *rows = gradient + level->offset;
    for (int32_t at = 0; at < used; at += CK_GRID_BLOCK) {
        CK_NAME(cells) cells;
        CK_NAME(find_cells)(slab, at, level, field->smooth, &cells);
        for (int i = 0; i < CK_GRID_BLOCK; i++) {
            uint32_t corner[8];
            CK_NAME(corners)(level, cells.ix[i], cells.iy[i], cells.iz[i], (uint32_t)F, corner);
            CK_CORNER_WEIGHTS(f8, cells, i, sx, sy, sz, wx, wy, wz);
            const f8 w = wx * wy * wz * level->weight;
            const f8 v = slope ? CK_CORNER_SLOPES(slab, at, cells, i, level->weight, sx, sy, sz, wx, wy, wz) : (f8){0};
            for (int f = 0; f < F; f++) {
                f8 sum = w * features[f * CK_SLAB + at + i];
                if (slope) sum += v * slope[f * CK_SLAB + at + i];
                for (int k = 0; k < 8; k++) rows[corner[k] + f] += sum[k];
            }
        }
    }
}

/// The cells of a block and the float offsets of their corners, two features each.
typedef struct CK_NAME(block_corners) {
    CK_NAME(cells) cells;
    uint32_t corner[8][CK_GRID_BLOCK];
} CK_NAME(block_corners);

static inline __attribute__((always_inline)) void CK_NAME(find_corners)(const float *slab, int32_t at,
                                                                        const ck_grid_level *level, int smooth,
                                                                        CK_NAME(block_corners) *out) {
    CK_NAME(find_cells)(slab, at, level, smooth, &out->cells);
    for (int i = 0; i < CK_GRID_BLOCK; i++) {
        uint32_t one[8];
        CK_NAME(corners)(level, out->cells.ix[i], out->cells.iy[i], out->cells.iz[i], 2, one);
        for (int k = 0; k < 8; k++) out->corner[k][i] = one[k];
    }
}

/// The same for two features, the most common case: lane 2 k + f holds corner k of feature f.
static inline __attribute__((always_inline)) void
CK_NAME(scatter_pairs)(const ck_field *field, const ck_grid_level *level, const float *features, const float *slope,
                       const float *slab, int32_t used, float *gradient) {
    const VF sx = {-1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1};
    const VF sy = {-1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1};
    const VF sz = {-1, -1, -1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1, 1, 1};
    const VF even = {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0}, odd = 1.f - even;
    typedef CK_NAME(f2) f2;
    float *rows = gradient + level->offset;
    const int is_far = level->entries * 2 > CK_FAR_LEVEL;
    CK_NAME(block_corners) blocks[2];
    for (int32_t b = 1; b < CK_BLOCKS_AHEAD && b * CK_GRID_BLOCK < used; b++) {
        CK_NAME(prefetch_block)(slab + CK_ROW_X * CK_SLAB, b * CK_GRID_BLOCK, 3, 0);
        CK_NAME(prefetch_block)(features, b * CK_GRID_BLOCK, 2, 0);
    }
    if (used > 0) CK_NAME(find_corners)(slab, 0, level, field->smooth, blocks);
    for (int32_t at = 0, turn = 0; at < used; at += CK_GRID_BLOCK, turn ^= 1) {
        const CK_NAME(block_corners) *next = blocks + (turn ^ 1);
        const CK_NAME(cells) *of_block = &blocks[turn].cells;
        const uint32_t(*corner)[CK_GRID_BLOCK] = blocks[turn].corner;
        const int ahead = at + CK_GRID_BLOCK < used;
        if (at + CK_BLOCKS_AHEAD * CK_GRID_BLOCK < used) {
            CK_NAME(prefetch_block)(slab + CK_ROW_X * CK_SLAB, at + CK_BLOCKS_AHEAD * CK_GRID_BLOCK, 3, 0);
            CK_NAME(prefetch_block)(features, at + CK_BLOCKS_AHEAD * CK_GRID_BLOCK, 2, 0);
        }
        if (ahead) CK_NAME(find_corners)(slab, at + CK_GRID_BLOCK, level, field->smooth, blocks + (turn ^ 1));
        for (int i = 0; i < CK_GRID_BLOCK; i++) {
            if (ahead && is_far) CK_NAME(prefetch_rows)(rows, next->corner, i, 1);
            CK_CORNER_WEIGHTS(VF, (*of_block), i, sx, sy, sz, wx, wy, wz);
            const float *g = features + at + i;
            VF sum = wx * wy * wz * (level->weight * (even * g[0] + odd * g[CK_SLAB]));
            if (slope) {
                const float *h = slope + at + i;
                sum += CK_CORNER_SLOPES(slab, at, (*of_block), i, level->weight, sx, sy, sz, wx, wy, wz) *
                       (even * h[0] + odd * h[CK_SLAB]);
            }
#define CK_ADD_PAIR(k) *(f2 *)(rows + corner[k][i]) += __builtin_shufflevector(sum, sum, 2 * (k), 2 * (k) + 1)
            CK_ADD_PAIR(0);
            CK_ADD_PAIR(1);
            CK_ADD_PAIR(2);
            CK_ADD_PAIR(3);
            CK_ADD_PAIR(4);
            CK_ADD_PAIR(5);
            CK_ADD_PAIR(6);
            CK_ADD_PAIR(7);
#undef CK_ADD_PAIR
        }
    }
}

static void CK_NAME(scatter)(const ck_field *field, int32_t l, const float *slab, int32_t used, int32_t normals,
                             float *gradient) {
    const ck_grid_level *level = field->levels + l;
    if (level->weight == 0.f) return;
    const int F = field->features;
    const float *features = slab + (CK_ROW_FEATURES + l * F) * CK_SLAB;
    const float *slope = normals ? features + field->level_count * F * CK_SLAB : 0;
    switch (F) {
    case 1: CK_NAME(scatter_level)(field, level, features, slope, slab, used, gradient, 1); break;
    case 2:
        if (slope) CK_NAME(scatter_pairs)(field, level, features, slope, slab, used, gradient);
        else CK_NAME(scatter_pairs)(field, level, features, 0, slab, used, gradient);
        break;
    case 4: CK_NAME(scatter_level)(field, level, features, slope, slab, used, gradient, 4); break;
    default: CK_NAME(scatter_level)(field, level, features, slope, slab, used, gradient, 8); break;
    }
}
