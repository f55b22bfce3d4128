// The vector of one tier, and what it does to pairs of bfloat16.

#if CK_LANES == 16
#define CK_ALIGNED 64
#elif CK_LANES == 8
#define CK_ALIGNED 32
#else
#define CK_ALIGNED 16
#endif

/// Columns per panel: two vectors.
#define PANEL (2 * CK_LANES)

typedef float lanes __attribute__((vector_size(CK_LANES * 4), aligned(4)));
typedef uint32_t words __attribute__((vector_size(CK_LANES * 4), aligned(4)));

#define INLINE static inline __attribute__((always_inline))

INLINE lanes load(const float *p) { return *(const lanes *)p; }
INLINE void store(float *p, lanes v) { *(lanes *)p = v; }
/// Up to a vector of floats; what is missing is zero.
INLINE lanes load_some(const float *p, size_t n) {
    if (n >= CK_LANES) return load(p);
    lanes v = {0};
    memcpy(&v, p, n * sizeof(float));
    return v;
}

INLINE void store_some(float *p, lanes v, size_t n) {
    if (n >= CK_LANES)
        store(p, v);
    else
        memcpy(p, &v, n * sizeof(float));
}

INLINE lanes spread(float x) { return x - (lanes){0}; }

/// Rounds to bfloat16, to nearest even; NaN stays NaN.
INLINE uint32_t bfloat_bits(float x) {
    uint32_t u;
    memcpy(&u, &x, 4);
    uint32_t rounded = (u + 0x7FFF + ((u >> 16) & 1)) >> 16;
    return (u & 0x7FFFFFFF) > 0x7F800000 ? (u >> 16) | 0x40 : rounded;
}

/// The even and the odd half of every word, as float32.
INLINE lanes even_half(words w) { return (lanes)(w << 16); }
INLINE lanes odd_half(words w) { return (lanes)(w & 0xFFFF0000u); }

/// 2^x to about one part in 10^7, for x < 128: 2^r by a polynomial of relative error 9e-8 on [-1/2, 1/2], times 2^n.
INLINE lanes exp2_lanes(lanes x) {
#pragma clang fp contract(fast)
    // Below the smallest normal number all is zero in the end; the limit keeps infinity and the exponent in range.
    const lanes low = spread(-126.0f);
    words below = (words)(x < low);
    x = (lanes)(((words)x & ~below) | ((words)low & below));
#if CK_LANES == 16
    lanes n = (lanes)_mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#else
    lanes n = (x + 12582912.0f) - 12582912.0f;
#endif
    lanes r = x - n;
    lanes p = r * 0.0013264723820611835f + 0.009671512991189957f;
    p = p * r + 0.05550733581185341f;
    p = p * r + 0.24022242426872253f;
    p = p * r + 0.6931470036506653f;
    p = p * r + 1.0f;
#if CK_LANES == 16
    lanes scaled = (lanes)_mm512_scalef_ps((__m512)p, (__m512)n);
#else
    lanes scaled = (lanes)((words)p + ((words)(n + 12582912.0f) << 23));
#endif
    return (lanes)((words)scaled & ~below);
}

INLINE lanes larger(lanes a, lanes b) {
    words left = (words)(a > b);
    return (lanes)(((words)a & left) | ((words)b & ~left));
}

/// x sigmoid(x) to about two parts in 10^7.
INLINE lanes silu_lanes(lanes x) {
    lanes exponent = x * -1.4426950408889634f;
    // Beyond this the quotient is zero at any rate.
    words above = (words)(exponent > spread(126.0f));
    exponent = (lanes)(((words)spread(126.0f) & above) | ((words)exponent & ~above));
    return x / (1.0f + exp2_lanes(exponent));
}
