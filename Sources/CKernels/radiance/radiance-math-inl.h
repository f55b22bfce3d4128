// Branch-free exponential and logarithm on floats, so that loops over samples vectorise.
// Polynomials after Cephes expf / logf (relative error about 2e-7).

typedef float CK_NAME(vf) __attribute__((vector_size(64), aligned(64)));
typedef float CK_NAME(f2) __attribute__((vector_size(8), aligned(4)));
typedef float CK_NAME(f8) __attribute__((vector_size(32), aligned(4)));
typedef int32_t CK_NAME(vi) __attribute__((vector_size(64), aligned(64)));
#define VF CK_NAME(vf)
#define VI CK_NAME(vi)
/// `x` where `condition` is positive, else 0 (a macro, because wide vectors must not be passed to functions).
#define CK_WHERE_POSITIVE(condition, x) ((VF)((VI)((condition) > 0.f) & (VI)(x)))

static inline __attribute__((always_inline)) float CK_NAME(fast_exp)(float x) {
    x = x > 88.f ? 88.f : x;
    x = x < -87.f ? -87.f : x;
    float n = x * 1.44269504f + 12582912.f; // round to nearest by adding 1.5 · 2^23
    n -= 12582912.f;
    const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.f;
    union { int32_t i; float f; } scale = {.i = ((int32_t)n + 127) << 23};
    return p * scale.f;
}

/// log(1 + e) for e in [0, 1].
static inline __attribute__((always_inline)) float CK_NAME(log_one_plus)(float e) {
    // With s = e / (2 + e): log(1 + e) = 2 (s + s^3/3 + s^5/5 + ...), s <= 1/3.
    const float s = e / (2.f + e), q = s * s;
    float p = 1.f / 15.f;
    p = p * q + 1.f / 13.f;
    p = p * q + 1.f / 11.f;
    p = p * q + 1.f / 9.f;
    p = p * q + 1.f / 7.f;
    p = p * q + 1.f / 5.f;
    p = p * q + 1.f / 3.f;
    p = p * q + 1.f;
    return 2.f * s * p;
}

static inline __attribute__((always_inline)) float CK_NAME(softplus)(float x) {
    const float m = x > 0.f ? x : -x;
    return (x > 0.f ? x : 0.f) + CK_NAME(log_one_plus)(CK_NAME(fast_exp)(-m));
}

static inline __attribute__((always_inline)) float CK_NAME(sigmoid)(float x) {
    return 1.f / (1.f + CK_NAME(fast_exp)(-x));
}

/// 32-bit integer hash (lowbias32).
static inline __attribute__((always_inline)) uint32_t CK_NAME(mix)(uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    x ^= x >> 16;
    return x;
}

static inline __attribute__((always_inline)) float CK_NAME(fraction)(uint32_t x) {
    return (float)(x >> 8) * (1.f / 16777216.f);
}
