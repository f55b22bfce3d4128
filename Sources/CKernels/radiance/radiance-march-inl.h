// Ray marching through the occupancy grid, front-to-back compositing, and the adjoints of both.
//
// alpha_i = 1 - exp(-sigma_i step), w_i = T_i alpha_i, T_{i+1} = T_i (1 - alpha_i); outputs are sums of w_i times
// (colour, 1, t, normal). Adjoint with respect to sigma: step * (T_{i+1} G_i - sum_{j>i} w_j G_j) with G_i the
// derivative of the loss with respect to w_i; the suffix sum is the ray's total minus the running prefix.

static inline int CK_NAME(occupied)(const ck_march *march, float x, float y, float z) {
    if (!march->occupancy) return 1;
    const int32_t n = march->occupancy_resolution;
    int32_t i = (int32_t)(x * (float)n), j = (int32_t)(y * (float)n), k = (int32_t)(z * (float)n);
    i = i < 0 ? 0 : i >= n ? n - 1 : i;
    j = j < 0 ? 0 : j >= n ? n - 1 : j;
    k = k < 0 ? 0 : k >= n ? n - 1 : k;
    const int32_t cell = (k * n + j) * n + i;
    return (march->occupancy[cell >> 3] >> (cell & 7)) & 1;
}

static void CK_NAME(rays_start)(const ck_field *field, const ck_march *march, const float *rays, int32_t count,
                                uint32_t first, ck_ray *states) {
    for (int32_t r = 0; r < count; r++) {
        ck_ray *s = states + r;
        memset(s, 0, sizeof *s);
        memcpy(s->origin, rays + 6 * r, 3 * sizeof(float));
        memcpy(s->direction, rays + 6 * r + 3, 3 * sizeof(float));
        s->transmittance = 1.f;
        float enter = march->near, leave = 1e30f;
        if (march->sphere) {
            float b = 0.f, c = -field->bound * field->bound;
            for (int a = 0; a < 3; a++) b += s->origin[a] * s->direction[a], c += s->origin[a] * s->origin[a];
            const float h = b * b - c;
            if (h <= 0.f) continue;
            const float root = sqrtf(h);
            enter = -b - root > enter ? -b - root : enter;
            leave = -b + root;
        } else {
            for (int a = 0; a < 3; a++) {
                const float d = s->direction[a], o = s->origin[a];
                if (d == 0.f) {
                    if (o < -field->bound || o > field->bound) leave = -1.f;
                    continue;
                }
                float u = (-field->bound - o) / d, v = (field->bound - o) / d;
                if (u > v) {
                    const float swap = u;
                    u = v;
                    v = swap;
                }
                enter = u > enter ? u : enter;
                leave = v < leave ? v : leave;
            }
        }
        if (!(leave > enter)) continue;
        uint32_t h = CK_NAME(mix)((first + (uint32_t)r) ^ CK_NAME(mix)(march->seed));
        s->start = enter + march->step * (march->jitter ? CK_NAME(fraction)(h) : 0.5f);
        const float steps = (leave - s->start) / march->step;
        s->end = steps < 0.f ? 0 : (int32_t)steps + 1;
    }
}

/// Adds the blob to `logit`, and its unit-cube gradient, scaled by `amount`, to rows GX...GZ.
static inline float CK_NAME(blob)(const ck_field *field, float x, float y, float z, float *slope) {
    const float b = field->bound, w = field->blob_width;
    const float px = (2.f * x - 1.f) * b, py = (2.f * y - 1.f) * b, pz = (2.f * z - 1.f) * b;
    const float q = px * px + py * py + pz * pz;
    if (field->blob == 1) {
        const float v = field->blob_amplitude * CK_NAME(fast_exp)(-q / (2.f * w * w));
        *slope = -v / (w * w) * 4.f * b * b; // times (x - 1/2)
        return v;
    }
    const float r = sqrtf(q) + 1e-9f;
    *slope = -field->blob_amplitude / (w * r) * 4.f * b * b;
    return field->blob_amplitude * (1.f - r / w);
}

/// Turns logits of the slots [from, to) into density (or keeps the biased logit) and colours.
static void CK_NAME(activate)(const ck_field *field, float *slab, int32_t from, int32_t to, int normals, int logit) {
    float *s = slab + CK_ROW_SIGMA * CK_SLAB;
    const float *x = slab + CK_ROW_X * CK_SLAB, *y = slab + CK_ROW_Y * CK_SLAB, *z = slab + CK_ROW_Z * CK_SLAB;
    const float bias = field->density_bias, scale = field->density_scale;
    for (int32_t i = from; i < to; i++) s[i] += bias;
    if (field->blob)
        for (int32_t i = from; i < to; i++) {
            float slope;
            s[i] += CK_NAME(blob)(field, x[i], y[i], z[i], &slope);
            if (normals) {
                slab[CK_ROW_GX * CK_SLAB + i] += slope * (x[i] - 0.5f);
                slab[CK_ROW_GY * CK_SLAB + i] += slope * (y[i] - 0.5f);
                slab[CK_ROW_GZ * CK_SLAB + i] += slope * (z[i] - 0.5f);
            }
        }
    if (!logit) {
        if (field->activation == 0)
            for (int32_t i = from; i < to; i++) s[i] = scale * CK_NAME(softplus)(s[i]);
        else
            for (int32_t i = from; i < to; i++) s[i] = scale * CK_NAME(fast_exp)(s[i] > 15.f ? 15.f : s[i]);
    }
    for (int c = 1; c < 4; c++)
        for (int32_t i = from; i < to; i++) s[c * CK_SLAB + i] = CK_NAME(sigmoid)(s[c * CK_SLAB + i]);
}

/// From features to density (or its logit), colour and, if requested, the logit's gradient.
static void CK_NAME(decode)(const ck_field *field, float *slab, int32_t from, int32_t to, int normals, int logit) {
    CK_NAME(network)(field, slab, from, to, normals);
    if (normals) {
        for (int row = CK_ROW_GX; row <= CK_ROW_GZ; row++)
            memset(slab + row * CK_SLAB + from, 0, sizeof(float) * (size_t)(to - from));
        CK_NAME(position_gradient)(field, slab, from, to);
    }
    CK_NAME(activate)(field, slab, from, to, normals, logit);
}

static void CK_NAME(evaluate)(const ck_field *field, float *slab, int32_t from, int32_t to, int normals, int logit) {
    for (int32_t l = 0; l < field->level_count; l++) CK_NAME(encode)(field, l, slab, from, to);
    CK_NAME(decode)(field, slab, from, to, normals, logit);
}

static inline void CK_NAME(normal_of)(const float *slab, int32_t i, float n[3], float *inverse) {
    const float gx = slab[CK_ROW_GX * CK_SLAB + i], gy = slab[CK_ROW_GY * CK_SLAB + i];
    const float gz = slab[CK_ROW_GZ * CK_SLAB + i];
    *inverse = 1.f / sqrtf(gx * gx + gy * gy + gz * gz + 1e-8f);
    n[0] = -gx * *inverse;
    n[1] = -gy * *inverse;
    n[2] = -gz * *inverse;
}

static int32_t CK_NAME(march)(const ck_field *field, const ck_march *march, ck_ray *states, int32_t count,
                              float *slab, int32_t offset) {
    int32_t active = 0;
    for (int32_t r = 0; r < count; r++) active += states[r].next < states[r].end;
    if (!active) return offset;
    const int32_t room = CK_SLAB - offset;
    int32_t share = room / active;
    share = share < 1 ? 1 : share > 32 ? 32 : share;
    int32_t *ray = (int32_t *)(slab + CK_ROW_RAY * CK_SLAB);
    float *x = slab + CK_ROW_X * CK_SLAB, *y = slab + CK_ROW_Y * CK_SLAB, *z = slab + CK_ROW_Z * CK_SLAB;
    float *t = slab + CK_ROW_T * CK_SLAB;
    const float half = 0.5f / field->bound;
    int32_t n = offset;
    for (int32_t r = 0; r < count && n < CK_SLAB; r++) {
        ck_ray *s = states + r;
        int32_t taken = 0;
        for (; s->next < s->end && taken < share && n < CK_SLAB; s->next++) {
            const float at = s->start + (float)s->next * march->step;
            const float px = (s->origin[0] + at * s->direction[0]) * half + 0.5f;
            const float py = (s->origin[1] + at * s->direction[1]) * half + 0.5f;
            const float pz = (s->origin[2] + at * s->direction[2]) * half + 0.5f;
            if (!CK_NAME(occupied)(march, px, py, pz)) continue;
            x[n] = px;
            y[n] = py;
            z[n] = pz;
            t[n] = at;
            ray[n] = r;
            n++;
            taken++;
        }
    }
    for (; n % CK_SLAB_ALIGN; n++) {
        x[n] = y[n] = z[n] = 0.5f;
        t[n] = 0.f;
        ray[n] = -1;
    }
    return n;
}

static void CK_NAME(composite)(const ck_field *field, const ck_march *march, ck_ray *states, float *slab, int32_t from,
                               int32_t to) {
    CK_NAME(decode)(field, slab, from, to, march->normals, 0);
    const int32_t *ray = (const int32_t *)(slab + CK_ROW_RAY * CK_SLAB);
    const float *sigma = slab + CK_ROW_SIGMA * CK_SLAB, *red = slab + CK_ROW_RED * CK_SLAB;
    const float *t = slab + CK_ROW_T * CK_SLAB;
    float alpha[CK_SLAB];
    for (int32_t i = from; i < to; i++) alpha[i] = 1.f - CK_NAME(fast_exp)(-sigma[i] * march->step);
    for (int32_t i = from; i < to && ray[i] >= 0; i++) {
        ck_ray *s = states + ray[i];
        if (s->transmittance < march->floor) continue;
        const float w = s->transmittance * alpha[i];
        float *o = s->outputs;
        // Distortion: sum_ij w_i w_j |t_i - t_j| + step / 3 sum_i w_i^2 (mip-NeRF 360, equation 15).
        o[CK_RAY_DISTORTION] += 2.f * w * (t[i] * o[CK_RAY_OPACITY] - o[CK_RAY_DEPTH]) + march->step * (1.f / 3.f) * w * w;
        o[CK_RAY_RED] += w * red[i];
        o[CK_RAY_GREEN] += w * red[CK_SLAB + i];
        o[CK_RAY_BLUE] += w * red[2 * CK_SLAB + i];
        o[CK_RAY_OPACITY] += w;
        o[CK_RAY_DEPTH] += w * t[i];
        if (march->normals) {
            float normal[3], inverse;
            CK_NAME(normal_of)(slab, i, normal, &inverse);
            for (int a = 0; a < 3; a++) o[CK_RAY_NORMAL_X + a] += w * normal[a];
        }
        s->transmittance *= 1.f - alpha[i];
        if (s->transmittance < march->floor) s->next = s->end;
    }
}

/// Chain rule from density and colour to logits for the slots [0, used).
static void CK_NAME(activate_adjoint)(const ck_field *field, const float *d_sigma, const float *values, float *slab,
                                      int32_t used) {
    float *out = slab + CK_ROW_SIGMA * CK_SLAB;
    const float inverse = 1.f / field->density_scale, top = field->density_scale * 3269017.f; // exp(15)
    if (field->activation == 0)
        for (int32_t i = 0; i < used; i++)
            out[i] = d_sigma[i] * field->density_scale * (1.f - CK_NAME(fast_exp)(-values[i] * inverse));
    else
        for (int32_t i = 0; i < used; i++) out[i] = d_sigma[i] * (values[i] < top ? values[i] : top);
    for (int c = 1; c < 4; c++)
        for (int32_t i = 0; i < used; i++) {
            const float v = values[c * CK_SLAB + i];
            out[c * CK_SLAB + i] *= v * (1.f - v);
        }
}

static void CK_NAME(slab_adjoint)(const ck_field *field, const ck_march *march, ck_ray *states, const float *outputs,
                                  const float *adjoints, float *slab, int32_t used, float *network_lanes) {
    const int32_t *ray = (const int32_t *)(slab + CK_ROW_RAY * CK_SLAB);
    const float *t = slab + CK_ROW_T * CK_SLAB;
    float *rows = slab + CK_ROW_SIGMA * CK_SLAB;
    float values[4 * CK_SLAB], alpha[CK_SLAB], d_sigma[CK_SLAB];
    memcpy(values, rows, sizeof values);
    for (int32_t i = 0; i < used; i++) alpha[i] = 1.f - CK_NAME(fast_exp)(-values[i] * march->step);
    for (int32_t i = 0; i < used; i++) {
        d_sigma[i] = 0.f;
        for (int c = 1; c < 4; c++) rows[c * CK_SLAB + i] = 0.f;
        float *v = slab + CK_ROW_GX * CK_SLAB + i;
        float normal[3] = {0}, inverse = 0.f;
        if (march->normals) CK_NAME(normal_of)(slab, i, normal, &inverse), v[0] = v[CK_SLAB] = v[2 * CK_SLAB] = 0.f;
        if (ray[i] < 0) continue;
        ck_ray *s = states + ray[i];
        if (s->transmittance < march->floor) continue;
        const float *o = outputs + CK_RAY_OUTPUTS * ray[i], *g = adjoints + CK_RAY_OUTPUTS * ray[i];
        // `s->outputs` holds prefix sums: [0] of w G, [1] of w, [2] of w t.
        float *prefix = s->outputs;
        const float w = s->transmittance * alpha[i];
        const float spread = t[i] * prefix[1] - prefix[2] + (o[CK_RAY_DEPTH] - prefix[2] - w * t[i]) -
                             t[i] * (o[CK_RAY_OPACITY] - prefix[1] - w);
        float G = g[CK_RAY_OPACITY] + g[CK_RAY_DEPTH] * t[i] +
                  g[CK_RAY_DISTORTION] * 2.f * (spread + march->step * (1.f / 3.f) * w);
        for (int c = 0; c < 3; c++) G += g[c] * values[(c + 1) * CK_SLAB + i];
        float total = 2.f * g[CK_RAY_DISTORTION] * o[CK_RAY_DISTORTION];
        for (int c = CK_RAY_RED; c <= CK_RAY_DEPTH; c++) total += g[c] * o[c];
        if (march->normals)
            for (int a = 0; a < 3; a++) {
                const int axis = CK_RAY_NORMAL_X + a;
                G += g[axis] * normal[a], total += g[axis] * o[axis];
            }
        prefix[0] += w * G;
        prefix[1] += w;
        prefix[2] += w * t[i];
        s->transmittance *= 1.f - alpha[i];
        d_sigma[i] = march->step * (s->transmittance * G - (total - prefix[0]));
        for (int c = 0; c < 3; c++) rows[(c + 1) * CK_SLAB + i] = w * g[c];
        if (march->normals) {
            const float *slope = g + CK_RAY_NORMAL_X;
            const float along = slope[0] * normal[0] + slope[1] * normal[1] + slope[2] * normal[2];
            for (int a = 0; a < 3; a++) v[a * CK_SLAB] = -w * inverse * (slope[a] - along * normal[a]);
        }
    }
    CK_NAME(activate_adjoint)(field, d_sigma, values, slab, used);
    if (march->normals) {
        float *tangent = network_lanes + 16 * ck_radiance_network_count(field->level_count * field->features,
                                                                         field->hidden);
        CK_NAME(tangent)(field, slab, 0, used, tangent);
        CK_NAME(network_adjoint)(field, slab, used, tangent, network_lanes);
    } else {
        CK_NAME(network_adjoint)(field, slab, used, 0, network_lanes);
    }
}

static int32_t CK_NAME(place)(const ck_field *field, const float *points, int32_t count, float *slab) {
    int32_t *ray = (int32_t *)(slab + CK_ROW_RAY * CK_SLAB);
    const float half = 0.5f / field->bound;
    for (int32_t i = 0; i < count; i++) {
        for (int a = 0; a < 3; a++) slab[(CK_ROW_X + a) * CK_SLAB + i] = points[3 * i + a] * half + 0.5f;
        ray[i] = i;
    }
    int32_t n = count;
    for (; n % CK_SLAB_ALIGN; n++) {
        for (int a = 0; a < 3; a++) slab[(CK_ROW_X + a) * CK_SLAB + n] = 0.5f;
        ray[n] = -1;
    }
    return n;
}

static int32_t CK_NAME(points)(const ck_field *field, const float *points, int32_t count, int32_t normals,
                               int32_t logit, float *slab) {
    const int32_t n = CK_NAME(place)(field, points, count, slab);
    CK_NAME(evaluate)(field, slab, 0, n, normals, logit);
    return n;
}

static void CK_NAME(points_adjoint)(const ck_field *field, const float *adjoints, int32_t count, float *slab,
                                    float *network_lanes) {
    float *rows = slab + CK_ROW_SIGMA * CK_SLAB;
    const int32_t n = (count + CK_SLAB_ALIGN - 1) / CK_SLAB_ALIGN * CK_SLAB_ALIGN;
    for (int32_t i = 0; i < n; i++) {
        rows[i] = i < count ? adjoints[4 * i] : 0.f;
        for (int c = 1; c < 4; c++) {
            const float v = rows[c * CK_SLAB + i];
            rows[c * CK_SLAB + i] = i < count ? adjoints[4 * i + c] * v * (1.f - v) : 0.f;
        }
    }
    CK_NAME(network_adjoint)(field, slab, n, 0, network_lanes);
}

static void CK_NAME(occupancy_update)(const ck_field *field, int32_t resolution, int64_t first, int64_t stride,
                                      int32_t count, uint32_t seed, float decay, float *densities, float *slab) {
    int32_t *ray = (int32_t *)(slab + CK_ROW_RAY * CK_SLAB);
    const float cell = 1.f / (float)resolution;
    for (int32_t i = 0; i < count; i++) {
        const int64_t at = first + stride * i;
        uint32_t h = CK_NAME(mix)((uint32_t)at ^ CK_NAME(mix)(seed));
        const int32_t index[3] = {(int32_t)(at % resolution), (int32_t)(at / resolution % resolution),
                                  (int32_t)(at / resolution / resolution)};
        for (int a = 0; a < 3; a++) {
            slab[(CK_ROW_X + a) * CK_SLAB + i] = ((float)index[a] + CK_NAME(fraction)(h)) * cell;
            h = CK_NAME(mix)(h + 0x9e3779b9U);
        }
        ray[i] = i;
    }
    int32_t n = count;
    for (; n % CK_SLAB_ALIGN; n++)
        for (int a = 0; a < 3; a++) slab[(CK_ROW_X + a) * CK_SLAB + n] = 0.5f;
    CK_NAME(evaluate)(field, slab, 0, n, 0, 0);
    const float *sigma = slab + CK_ROW_SIGMA * CK_SLAB;
    for (int32_t i = 0; i < count; i++) {
        float *d = densities + first + stride * i;
        const float faded = *d * decay;
        *d = sigma[i] > faded ? sigma[i] : faded;
    }
}
