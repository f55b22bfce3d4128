// Sphere tracing of signed-distance parts in packets of 16 rays, compiled once per instruction set.
//
// Distance functions after I. Quilez, "distance functions" and "smooth minimum" (iquilezles.org/articles). A part is
// skipped where its bounding sphere shows that it cannot change the running distance; a packet of rays evaluates only
// the parts that its bounding cone intersects.

// Vectors are passed between static functions of one translation unit only, so their calling convention does not
// matter.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float V __attribute__((ext_vector_type(16)));
typedef int M __attribute__((ext_vector_type(16)));
typedef struct { V x, y, z; } V3;

#define LANES 16
#define MAX_PARTS 96
#define PART(i) (parts + (size_t)(i) * CK_TOY_PART)
#define INLINE static inline __attribute__((always_inline))

INLINE V splat(float a) { return (V)a; }
INLINE V vmin(V a, V b) { return a < b ? a : b; }
INLINE V vmax(V a, V b) { return a > b ? a : b; }
INLINE V vabs(V a) { return __builtin_elementwise_abs(a); }
INLINE V vsqrt(V a) { return __builtin_elementwise_sqrt(a); }
INLINE V vfloor(V a) { return __builtin_elementwise_floor(a); }
INLINE V clamp01(V a) { return vmin(vmax(a, splat(0)), splat(1)); }
INLINE V length2(V a, V b) { return vsqrt(a * a + b * b); }
INLINE V length3(V a, V b, V c) { return vsqrt(a * a + b * b + c * c); }
INLINE int any(M m) { return __builtin_reduce_or(m) != 0; }
INLINE V fraction(V a) { return a - vfloor(a); }

// MARK: Shapes

INLINE V3 folded(const float *p, V3 q) {
    int mirror = (int)p[2];
    if (mirror & 1) q.x = vabs(q.x);
    if (mirror & 2) q.z = vabs(q.z);
    return q;
}

INLINE V3 local(const float *p, V3 q) {
    const float *r = p + 11;
    q = folded(p, q);
    V x = q.x - p[20], y = q.y - p[21], z = q.z - p[22];
    V3 o = {r[0] * x + r[1] * y + r[2] * z, r[3] * x + r[4] * y + r[5] * z, r[6] * x + r[7] * y + r[8] * z};
    return o;
}

static V shape_distance(const float *p, V3 q) {
    const float *s = p + 5;
    V a = q.x, b = q.y, c = q.z;
    switch ((int)p[0]) {
    case 0: {  // ellipsoid: radii
        float i0 = 1 / s[0], i1 = 1 / s[1], i2 = 1 / s[2];
        V u = a * i0, v = b * i1, w = c * i2, k0 = length3(u, v, w), k1 = length3(u * i0, v * i1, w * i2) + 1e-9f;
        return k0 * (k0 - 1) / k1;
    }
    case 1: {  // rounded box: half sides, rounding
        V u = vabs(a) - (s[0] - s[3]), v = vabs(b) - (s[1] - s[3]), w = vabs(c) - (s[2] - s[3]), zero = splat(0);
        return length3(vmax(u, zero), vmax(v, zero), vmax(w, zero)) + vmin(vmax(u, vmax(v, w)), zero) - s[3];
    }
    case 2: {  // cylinder along y: radius, half height, rounding
        V r = length2(a, c) - (s[0] - s[2]), v = vabs(b) - (s[1] - s[2]), zero = splat(0);
        return vmin(vmax(r, v), zero) + length2(vmax(r, zero), vmax(v, zero)) - s[2];
    }
    case 3: {  // capped cone along y: half height, bottom radius, top radius
        float h = s[0], r1 = s[1], r2 = s[2], kx = r2 - r1, ky = 2 * h, inverse = 1 / (kx * kx + ky * ky);
        V x = length2(a, c), cax = x - vmin(x, b < 0 ? splat(r1) : splat(r2)), cay = vabs(b) - h;
        V t = clamp01(((r2 - x) * kx + (h - b) * ky) * inverse), cbx = x - r2 + kx * t, cby = b - h + ky * t;
        V d = vsqrt(vmin(cax * cax + cay * cay, cbx * cbx + cby * cby));
        return (cbx < 0 & cay < 0) ? -d : d;
    }
    case 4:  // torus in the xz plane: ring radius, tube radius
        return length2(length2(a, c) - s[0], b) - s[1];
    case 5: {  // capsule along y: half height, radius
        V v = b - vmin(vmax(b, splat(-s[0])), splat(s[0]));
        return length3(a, v, c) - s[1];
    }
    case 6: {  // arc of a torus in the xy plane about +y: ring radius, tube radius, sin and cos of the half angle
        V x = vabs(a), flat = x * x + b * b, k = s[3] * x > s[2] * b ? x * s[2] + b * s[3] : vsqrt(flat);
        return vsqrt(vmax(flat + c * c + s[0] * s[0] - 2 * s[0] * k, splat(0))) - s[1];
    }
    case 7: {  // gable along z, base at y = 0: half width, height, half length
        float n = 1 / sqrtf(s[0] * s[0] + s[1] * s[1]), nx = s[1] * n, ny = s[0] * n;
        return vmax(vmax((vabs(a) - s[0]) * nx + b * ny, -b), vabs(c) - s[2]);
    }
    case 8: {  // cup, open at the top: radius, half height, wall
        V r = length2(a, c), u = r - s[0], v = vabs(b) - s[1], zero = splat(0);
        V outer = vmin(vmax(u, v), zero) + length2(vmax(u, zero), vmax(v, zero));
        return vmax(outer, -vmax(r - (s[0] - s[2]), vabs(b - s[2] * 1.5f) - s[1]));
    }
    case 9: {  // hexagonal prism along y: inner radius, half height
        V x = vabs(a), z = vabs(c);
        return vmax(vmax(x * 0.8660254f + z * 0.5f, z) - s[0], vabs(b) - s[1]);
    }
    case 10: {  // pyramid, base at y = 0: half width, height, half depth
        float n1 = 1 / sqrtf(s[0] * s[0] + s[1] * s[1]), n2 = 1 / sqrtf(s[2] * s[2] + s[1] * s[1]);
        V e = ((vabs(a) - s[0]) * s[1] + b * s[0]) * n1, f = ((vabs(c) - s[2]) * s[1] + b * s[2]) * n2;
        return vmax(vmax(e, f), -b);
    }
    case 11: {  // helix about y: radius, tube radius, half height, rise per turn
        V angle, r = length2(a, c) - s[0];
        // A polynomial atan2 (error below 0.005 rad) suffices.
        V x = vabs(a), z = vabs(c), lo = vmin(x, z), hi = vmax(x, z) + 1e-9f, t = lo / hi;
        angle = t * (0.7853982f + 0.273f * (1 - t));
        angle = z > x ? 1.5707963f - angle : angle;
        angle = a < 0 ? 3.1415927f - angle : angle;
        angle = c < 0 ? -angle : angle;
        V v = b - angle * (s[3] * 0.15915494f);
        V near = v - s[3] * vfloor(v / s[3] + 0.5f);
        V cap = vabs(b) - s[2];
        return vmax(length2(r, near) - s[1], cap) * 0.8f;
    }
    default: return splat(1e3f);
    }
}

/// Lower bound of the distance to the part, from its bounding sphere.
INLINE V sphere_bound(const float *p, V3 q) {
    q = folded(p, q);
    return length3(q.x - p[32], q.y - p[33], q.z - p[34]) - p[35];
}

INLINE V combined(const float *p, V d, V e) {
    float k = p[4];
    if (p[1] == 1) return vmax(d, -e);
    if (p[1] == 2) return vmax(d, e);
    if (k <= 0) return vmin(d, e);
    V h = clamp01(0.5f + (d - e) * (0.5f / k));
    return d + (e - d) * h - k * h * (1 - h);
}

/// Signed distance to the union of the listed parts (`list` null: all of them).
static V scene_distance(const float *parts, const int *list, int count, V3 q) {
    V d = splat(1e3f);
    for (int i = 0; i < count; i++) {
        const float *p = PART(list ? list[i] : i);
        if (p[1] != 2) {
            V bound = sphere_bound(p, q);
            M matters = p[1] == 1 ? -bound > d : bound < d + p[4];
            if (!any(matters)) continue;
        }
        d = combined(p, d, shape_distance(p, local(p, q)));
    }
    return d;
}

// MARK: Patterns

/// A hash of three integer lattice coordinates to [0, 1).
INLINE V lattice(V x, V y, V z, float seed) {
    M i = __builtin_convertvector(x, M), j = __builtin_convertvector(y, M), k = __builtin_convertvector(z, M);
    typedef unsigned U __attribute__((ext_vector_type(16)));
    U h = (U)i * 0x8da6b343u + (U)j * 0xd8163841u + (U)k * 0xcb1ab31fu + (unsigned)(int)seed * 0x9e3779b1u;
    h ^= h >> 15;
    h *= 0x2c1b3c6du;
    h ^= h >> 12;
    h *= 0x297a2d39u;
    h ^= h >> 15;
    return __builtin_convertvector((M)(h >> 8), V) * (1.0f / 16777216.0f);
}

INLINE V mixed(V a, V b, V t) { return a + (b - a) * t; }

/// Value noise in [0, 1] with smooth interpolation.
static V value_noise(V3 q, float seed) {
    V x = vfloor(q.x), y = vfloor(q.y), z = vfloor(q.z), u = q.x - x, v = q.y - y, w = q.z - z;
    u = u * u * (3 - 2 * u);
    v = v * v * (3 - 2 * v);
    w = w * w * (3 - 2 * w);
    V n00 = mixed(lattice(x, y, z, seed), lattice(x + 1, y, z, seed), u);
    V n10 = mixed(lattice(x, y + 1, z, seed), lattice(x + 1, y + 1, z, seed), u);
    V n01 = mixed(lattice(x, y, z + 1, seed), lattice(x + 1, y, z + 1, seed), u);
    V n11 = mixed(lattice(x, y + 1, z + 1, seed), lattice(x + 1, y + 1, z + 1, seed), u);
    return mixed(mixed(n00, n10, v), mixed(n01, n11, v), w);
}

INLINE V3 scaled(V3 q, float s) {
    V3 o = {q.x * s, q.y * s, q.z * s};
    return o;
}

static V fractal_noise(V3 q, float seed) {
    return (value_noise(q, seed) * 4 + value_noise(scaled(q, 2.03f), seed + 1) * 2
            + value_noise(scaled(q, 4.01f), seed + 2)) * (1.0f / 7);
}

/// Blend weight from a part's first colour to its second, in [0, 1].
static V pattern_weight(const float *p, V3 q) {
    float s = p[29];
    V u = q.x * s, v = q.y * s, w = q.z * s, one = splat(1), zero = splat(0);
    switch ((int)p[3]) {
    case 1: return fraction(v) > 0.5f ? one : zero;                     // rings along the local y
    case 2: {                                                          // checks
        V m = vfloor(u) + vfloor(v) + vfloor(w);
        return m - 2 * vfloor(m * 0.5f) > 0.5f ? one : zero;
    }
    case 3: return clamp01(v + 0.5f);                                   // gradient along y
    case 4: return fraction(u) > 0.5f ? one : zero;                     // stripes across x
    case 5: {                                                          // dots
        V a = fraction(u) - 0.5f, b = fraction(v) - 0.5f, c = fraction(w) - 0.5f;
        return a * a + b * b + c * c < 0.12f ? one : zero;
    }
    case 6: return v > 0 ? one : zero;                                  // two halves
    case 7: return clamp01((fractal_noise(scaled(q, s), p[31]) - 0.35f) * 3.2f);  // marbling
    case 8: {                                                          // wood: rings about a tilted axis
        V3 a = {u + 0.25f * v, v * 0.12f, w + 0.1f * v};
        V r = length2(a.x, a.z) * 2.2f + 0.9f * value_noise(a, p[31]);
        V f = fraction(r);
        return f * f * 0.75f + 0.25f * value_noise(scaled(a, 7), p[31] + 3);
    }
    case 9: return fraction(u * 0.7071f + v * 0.7071f + 0.3f * w) > 0.5f ? one : zero;  // diagonal stripes
    case 10: {                                                         // cow-like patches
        V n = value_noise(scaled(q, s * 0.9f), p[31]);
        return clamp01((n - 0.52f) * 14);
    }
    case 11: {                                                         // thin lines (brick, knitwear)
        V row = vfloor(v * 1.6f), half = (row - 2 * vfloor(row * 0.5f)) * 0.5f;
        V a = fraction(v * 1.6f), b = fraction(u * 0.8f + w * 0.8f + half);
        return (a < 0.14f | b < 0.08f) ? one : zero;
    }
    default: return zero;
    }
}

typedef struct { V r, g, b, gloss; } Surface;

/// Surface colour near the hit points; traverses the parts as `scene_distance` does.
static Surface scene_surface(const float *parts, const int *list, int count, V3 q) {
    V d = splat(1e3f);
    Surface s = {splat(0.5f), splat(0.5f), splat(0.5f), splat(0)};
    for (int i = 0; i < count; i++) {
        const float *p = PART(list[i]);
        V3 l = local(p, q);
        V e = shape_distance(p, l), share;
        float k = p[4];
        if (p[1] == 2) {
            d = vmax(d, e);
            continue;
        }
        if (p[1] == 1) share = -e > d - 0.002f ? splat(1) : splat(0);
        else if (k <= 0) share = e < d ? splat(1) : splat(0);
        else share = clamp01((d - e) * (2 / k) + 0.5f);
        d = combined(p, d, e);
        if (!any(share > 0)) continue;
        V w = pattern_weight(p, l);
        s.r += (p[23] + (p[26] - p[23]) * w - s.r) * share;
        s.g += (p[24] + (p[27] - p[24]) * w - s.g) * share;
        s.b += (p[25] + (p[28] - p[25]) * w - s.b) * share;
        s.gloss += (p[30] - s.gloss) * share;
    }
    return s;
}

// MARK: Marching

typedef struct {
    const float *parts, *frame, *camera;
    int count, width, height, samples;
    float epsilon;
    int steps;
} View;

typedef struct {
    V3 direction, hit;  // directions in world units, hit points in part units
    V t;
    M met;
} Packet;

INLINE V3 part_point(const float *frame, const float *camera, V3 direction, V t) {
    float inverse = 1 / frame[0];
    V3 q = {(camera[0] + t * direction.x) * inverse + frame[1], (camera[1] + t * direction.y) * inverse + frame[2],
            (camera[2] + t * direction.z) * inverse + frame[3]};
    return q;
}

/// The parts that a cone of rays may intersect, and the interval of ray distance in which it can.
static int parts_in_cone(const View *v, const float axis[3], float cosine, float sine, int *list, float *near, float *far) {
    const float *parts = v->parts, *f = v->frame, *o = v->camera;
    int n = 0, solid = 0;
    *near = 1e9f;
    *far = 0;
    for (int i = 0; i < v->count; i++) {
        const float *p = PART(i);
        if (p[1] == 2) {
            list[n++] = i;
            continue;
        }
        int mirror = (int)p[2], inside = 0;
        float radius = (p[35] + p[4]) * f[0] + 0.002f;
        for (int m = 0; m < 4; m++) {
            if (m & ~mirror) continue;
            float x = ((m & 1 ? -p[32] : p[32]) - f[1]) * f[0] - o[0], y = (p[33] - f[2]) * f[0] - o[1],
                  z = ((m & 2 ? -p[34] : p[34]) - f[3]) * f[0] - o[2];
            float along = x * axis[0] + y * axis[1] + z * axis[2], squared = x * x + y * y + z * z;
            float off = sqrtf(squared - along * along > 0 ? squared - along * along : 0);
            if (off * cosine - along * sine > radius || along < -radius) continue;
            inside = 1;
            if (p[1] != 0) continue;
            float distance = sqrtf(squared);
            if (distance - radius < *near) *near = distance - radius;
            if (distance + radius > *far) *far = distance + radius;
        }
        if (!inside) continue;
        list[n++] = i;
        solid |= p[1] == 0;
    }
    return solid ? n : 0;
}

/// Marches the 4×4 rays at sample (bx, by); false if none of them hits the object.
static int march(const View *view, int bx, int by, Packet *out) {
    const float *c = view->camera, *f = view->frame;
    int total_x = view->width * view->samples, total_y = view->height * view->samples;
    V column = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3}, row = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
    V u = c[12] + (bx + column + 0.5f) * (c[14] / total_x), v = c[13] - (by + row + 0.5f) * (c[15] / total_y);
    V x = c[9] + u * c[3] + v * c[6], y = c[10] + u * c[4] + v * c[7], z = c[11] + u * c[5] + v * c[8];
    V inverse = 1 / length3(x, y, z);
    V3 d = {x * inverse, y * inverse, z * inverse};
    float mean[3] = {d.x[0] + d.x[3] + d.x[12] + d.x[15], d.y[0] + d.y[3] + d.y[12] + d.y[15],
                     d.z[0] + d.z[3] + d.z[12] + d.z[15]};
    float norm = 1 / sqrtf(mean[0] * mean[0] + mean[1] * mean[1] + mean[2] * mean[2]);
    for (int i = 0; i < 3; i++) mean[i] *= norm;
    float cosine = __builtin_reduce_min(d.x * mean[0] + d.y * mean[1] + d.z * mean[2]);
    cosine = cosine > 1 ? 1 : cosine;
    float sine = sqrtf(1 - cosine * cosine), near, far;
    int list[MAX_PARTS];
    int n = parts_in_cone(view, mean, cosine, sine, list, &near, &far);
    if (!n) return 0;

    V b = c[0] * d.x + c[1] * d.y + c[2] * d.z;
    V h = b * b - (c[0] * c[0] + c[1] * c[1] + c[2] * c[2] - f[4] * f[4]);
    M active = (h > 0) & (bx + column < total_x) & (by + row < total_y), met = active & 0;
    V half = vsqrt(vmax(h, splat(0))), t = vmax(vmax(-b - half, splat(near)), splat(1e-3f)), end = vmin(half - b, splat(far));
    active = active & (t < end);
    for (int i = 0; i < view->steps && any(active); i++) {
        V distance = scene_distance(view->parts, list, n, part_point(f, c, d, t)) * f[0];
        M close = active & (distance < view->epsilon);
        met |= close;
        active &= ~close;
        t += active ? distance * 0.93f : splat(0);
        active &= t < end;
    }
    if (!any(met)) return 0;
    out->direction = d;
    out->t = t;
    out->met = met;
    out->hit = part_point(f, c, d, t);
    return 1;
}

/// The parts within `reach` (part units) of any hit point.
static int parts_near(const View *v, const Packet *k, float reach, int *list) {
    const float *parts = v->parts;
    int n = 0;
    for (int i = 0; i < v->count; i++) {
        const float *p = PART(i);
        if (p[1] == 2 || any(k->met & (sphere_bound(p, k->hit) < reach + p[4]))) list[n++] = i;
    }
    return n;
}

INLINE V3 moved(V3 q, float x, float y, float z) {
    V3 o = {q.x + x, q.y + y, q.z + z};
    return o;
}

static V3 packet_normal(const View *v, const Packet *k) {
    float h = (v->epsilon * 1.6f > 0.0015f ? v->epsilon * 1.6f : 0.0015f) / v->frame[0];
    int list[MAX_PARTS], n = parts_near(v, k, h * 3, list);
    V e1 = scene_distance(v->parts, list, n, moved(k->hit, h, -h, -h));
    V e2 = scene_distance(v->parts, list, n, moved(k->hit, -h, -h, h));
    V e3 = scene_distance(v->parts, list, n, moved(k->hit, -h, h, -h));
    V e4 = scene_distance(v->parts, list, n, moved(k->hit, h, h, h));
    V3 g = {e1 - e2 - e3 + e4, e4 - e1 - e2 + e3, e2 - e1 - e3 + e4};
    V r = 1 / vsqrt(g.x * g.x + g.y * g.y + g.z * g.z + 1e-20f);
    V3 o = {g.x * r, g.y * r, g.z * r};
    return o;
}

/// Lambert and hemisphere lighting with one occlusion sample; the gloss depends on light and normal only, not on the
/// viewpoint.
static Surface shaded(const View *v, const Packet *k, const float *light, V3 normal) {
    const float *f = v->frame;
    float reach = 0.12f / f[0];
    int list[MAX_PARTS], n = parts_near(v, k, reach, list);
    Surface s = scene_surface(v->parts, list, n, k->hit);
    if (f[5] > 0) {
        V g = 1 + f[5] * (2 * fractal_noise(scaled(k->hit, f[0] * f[6]), f[7]) - 1);
        s.r *= g;
        s.g *= g;
        s.b *= g;
    }
    V3 tap = {k->hit.x + normal.x * reach, k->hit.y + normal.y * reach, k->hit.z + normal.z * reach};
    V open = clamp01(scene_distance(v->parts, list, n, tap) * (1 / reach));
    V occlusion = 1 - light[9] * (1 - open);
    V facing = vmax(normal.x * light[0] + normal.y * light[1] + normal.z * light[2], splat(0));
    V upward = 0.5f + 0.5f * (normal.x * light[3] + normal.y * light[4] + normal.z * light[5]);
    V soft = (light[6] + light[8] * upward) * occlusion, hard = light[7] * facing * occlusion;
    V g2 = facing * facing, g4 = g2 * g2, g8 = g4 * g4, shine = s.gloss * g8 * g8 * occlusion;
    Surface o = {clamp01(s.r * (soft + hard * light[10]) + shine), clamp01(s.g * (soft + hard * light[11]) + shine),
                 clamp01(s.b * (soft + hard * light[12]) + shine), s.gloss};
    return o;
}

static View make_view(const float *parts, int count, const float *frame, const float *camera, int width, int height, int samples) {
    float distance = sqrtf(camera[0] * camera[0] + camera[1] * camera[1] + camera[2] * camera[2]);
    float pixel = camera[14] / (width * samples) * distance * 0.15f;
    float epsilon = pixel < 0.0006f ? 0.0006f : pixel > 0.0025f ? 0.0025f : pixel;
    View v = {parts, frame, camera, count > MAX_PARTS ? MAX_PARTS : count, width, height, samples, epsilon,
              epsilon < 0.002f ? 110 : 60};
    return v;
}

// MARK: Entry points

static void CK_NAME(ck_toy_render)(const float *parts, int count, const float *frame, const float *camera,
                                   const float *light, int width, int height, int samples, float *colour,
                                   float *depth, float *normal) {
    View view = make_view(parts, count, frame, camera, width, height, samples);
    size_t pixels = (size_t)width * height;
    memset(colour, 0, pixels * 4 * sizeof(float));
    if (depth) memset(depth, 0, pixels * sizeof(float));
    if (normal) memset(normal, 0, pixels * 3 * sizeof(float));
    for (int by = 0; by < height * samples; by += 4)
        for (int bx = 0; bx < width * samples; bx += 4) {
            Packet k;
            if (!march(&view, bx, by, &k)) continue;
            V3 n = packet_normal(&view, &k);
            Surface s = shaded(&view, &k, light, n);
            V axial = k.t * (k.direction.x * camera[9] + k.direction.y * camera[10] + k.direction.z * camera[11]);
            for (int l = 0; l < LANES; l++) {
                if (!k.met[l]) continue;
                size_t at = (size_t)((by + (l >> 2)) / samples) * width + (bx + (l & 3)) / samples;
                float *o = colour + at * 4;
                o[0] += s.r[l];
                o[1] += s.g[l];
                o[2] += s.b[l];
                o[3] += 1;
                if (depth) depth[at] += axial[l];
                if (normal) {
                    normal[at * 3] += n.x[l];
                    normal[at * 3 + 1] += n.y[l];
                    normal[at * 3 + 2] += n.z[l];
                }
            }
        }
    float share = 1.0f / (samples * samples);
    for (size_t i = 0; i < pixels; i++) {
        float *o = colour + i * 4, hits = o[3];
        for (int c = 0; c < 4; c++) o[c] *= share;
        if (depth && hits > 0) depth[i] /= hits;
        if (normal && hits > 0) {
            float *q = normal + i * 3, r = q[0] * q[0] + q[1] * q[1] + q[2] * q[2];
            r = r > 1e-12f ? 1 / sqrtf(r) : 0;
            for (int c = 0; c < 3; c++) q[c] *= r;
        }
    }
}

static void CK_NAME(ck_toy_mask)(const float *parts, int count, const float *frame, const float *camera, int width,
                                 int height, int samples, float *mask) {
    View view = make_view(parts, count, frame, camera, width, height, samples);
    memset(mask, 0, (size_t)width * height * sizeof(float));
    float share = 1.0f / (samples * samples);
    for (int by = 0; by < height * samples; by += 4)
        for (int bx = 0; bx < width * samples; bx += 4) {
            Packet k;
            if (!march(&view, bx, by, &k)) continue;
            for (int l = 0; l < LANES; l++)
                if (k.met[l]) mask[(size_t)((by + (l >> 2)) / samples) * width + (bx + (l & 3)) / samples] += share;
        }
}

INLINE V3 gathered(const float *points, int n, int start) {
    V3 q;
    for (int l = 0; l < LANES; l++) {
        const float *p = points + 3 * (size_t)(start + l < n ? start + l : n - 1);
        q.x[l] = p[0];
        q.y[l] = p[1];
        q.z[l] = p[2];
    }
    return q;
}

INLINE V world_distance(const float *parts, int count, const float *frame, V3 q) {
    float inverse = 1 / frame[0];
    V3 o = {q.x * inverse + frame[1], q.y * inverse + frame[2], q.z * inverse + frame[3]};
    return scene_distance(parts, 0, count, o) * frame[0];
}

static void CK_NAME(ck_toy_distance)(const float *parts, int count, const float *frame, const float *points, int n,
                                     float *distance) {
    for (int i = 0; i < n; i += LANES) {
        V d = world_distance(parts, count, frame, gathered(points, n, i));
        for (int l = 0; l < LANES && i + l < n; l++) distance[i + l] = d[l];
    }
}

static void CK_NAME(ck_toy_shadow)(const float *parts, int count, const float *frame, const float *points, int n,
                                   const float *direction, float softness, float *lit) {
    for (int i = 0; i < n; i += LANES) {
        V3 o = gathered(points, n, i);
        V light = splat(1), t = splat(0.02f);
        for (int step = 0; step < 24; step++) {
            V3 q = {o.x + t * direction[0], o.y + t * direction[1], o.z + t * direction[2]};
            V d = world_distance(parts, count, frame, q);
            light = vmin(light, d / (softness * t));
            t += vmin(vmax(d, splat(0.03f)), splat(0.4f));
            if (!any(t < 4 & light > 0)) break;
        }
        light = clamp01(light);
        for (int l = 0; l < LANES && i + l < n; l++) lit[i + l] = light[l];
    }
}

static void CK_NAME(ck_toy_bounds)(const float *parts, int count, const float *centre, float half, int side,
                                   float *box7) {
    float cell = 2 * half / side, low[3] = {1e9f, 1e9f, 1e9f}, high[3] = {-1e9f, -1e9f, -1e9f}, squared = 0;
    V lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    // Two passes over the grid, because the radius needs the centre of the box. A sample outside the solid at
    // distance d stands for a surface point d nearer to the centre.
    for (int pass = 0; pass < 2; pass++) {
        float m[3];
        for (int a = 0; a < 3; a++) m[a] = 0.5f * (low[a] + high[a]);
        for (int i = 0; i < side; i++)
            for (int j = 0; j < side; j++)
                for (int k = 0; k < side; k += LANES) {
                    V3 q = {centre[0] - half + (k + lane + 0.5f) * cell, splat(centre[1] - half + (j + 0.5f) * cell),
                            splat(centre[2] - half + (i + 0.5f) * cell)};
                    V d = scene_distance(parts, 0, count, q);
                    M in = (d < cell * 0.5f) & (k + lane < side);
                    if (!any(in)) continue;
                    V out = vmax(d, splat(0));
                    for (int l = 0; l < LANES; l++) {
                        if (!in[l]) continue;
                        float p[3] = {q.x[l], q.y[l], q.z[l]}, r = 0;
                        for (int a = 0; a < 3; a++) {
                            if (pass == 0) {
                                if (p[a] + out[l] < low[a]) low[a] = p[a] + out[l];
                                if (p[a] - out[l] > high[a]) high[a] = p[a] - out[l];
                            } else r += (p[a] - m[a]) * (p[a] - m[a]);
                        }
                        if (pass == 0) continue;
                        r = sqrtf(r) - out[l];
                        if (r > squared) squared = r;
                    }
                }
        if (low[0] > high[0]) break;
    }
    for (int a = 0; a < 3; a++) {
        box7[a] = low[a];
        box7[3 + a] = high[a];
    }
    box7[6] = squared;
}

const ck_toy_table CK_NAME(ck_toy_table) = {CK_NAME(ck_toy_render), CK_NAME(ck_toy_mask), CK_NAME(ck_toy_distance),
                                            CK_NAME(ck_toy_shadow), CK_NAME(ck_toy_bounds)};
