// The vector type of one tier, and conversions between float32 and pairs of bfloat16.

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

/// Loads up to a vector of floats; the rest are zeros.
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

INLINE lanes broadcast(float x) { return x - (lanes){0}; }

// Shuffle indices of one transposition step: blocks of `s` elements of two rows are exchanged.
#define LOWER(s, j) ((j) & (s) ? (j) - (s) + CK_LANES : (j))
#define UPPER(s, j) ((j) & (s) ? (j) + CK_LANES : (j) + (s))
#define FOUR(f, s, j) f(s, j), f(s, (j) + 1), f(s, (j) + 2), f(s, (j) + 3)
#define EVEN(s, j) (2 * (j))
#define ODD(s, j) (2 * (j) + 1)
#if CK_LANES == 16
#define ALL(f, s) FOUR(f, s, 0), FOUR(f, s, 4), FOUR(f, s, 8), FOUR(f, s, 12)
#elif CK_LANES == 8
#define ALL(f, s) FOUR(f, s, 0), FOUR(f, s, 4)
#else
#define ALL(f, s) FOUR(f, s, 0)
#endif
#define TRANSPOSE_STEP(s)                                                                                    \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CK_LANES; i++) {                                  \
        if (i & (s)) continue;                                                                               \
        lanes a = r[i], b = r[i + (s)];                                                                      \
        r[i] = __builtin_shufflevector(a, b, ALL(LOWER, s));                                                 \
        r[i + (s)] = __builtin_shufflevector(a, b, ALL(UPPER, s));                                           \
    }

/// Transposes a square of vectors.
INLINE void transpose(lanes r[CK_LANES]) {
#if CK_LANES > 8
    TRANSPOSE_STEP(8)
#endif
#if CK_LANES > 4
    TRANSPOSE_STEP(4)
#endif
    TRANSPOSE_STEP(2)
    TRANSPOSE_STEP(1)
}

/// Interleaves the low halfwords of two vectors into pairs.
INLINE words pairs_of(words low, words high) {
    words even = __builtin_shufflevector(low, high, ALL(EVEN, 0));
    return even | __builtin_shufflevector(low, high, ALL(ODD, 0)) << 16;
}
#undef TRANSPOSE_STEP
#undef ALL
#undef ODD
#undef EVEN
#undef FOUR
#undef UPPER
#undef LOWER

/// Rounds to bfloat16, ties to even; NaN stays NaN.
INLINE uint32_t bfloat_bits(float x) {
    uint32_t u;
    memcpy(&u, &x, 4);
    uint32_t rounded = (u + 0x7FFF + ((u >> 16) & 1)) >> 16;
    return (u & 0x7FFFFFFF) > 0x7F800000 ? (u >> 16) | 0x40 : rounded;
}

/// The same for a vector, in the low halfwords.
INLINE words bfloat_words(lanes x) {
    words u = (words)x, nan = (words)((u & 0x7FFFFFFF) > 0x7F800000);
    words rounded = (u + 0x7FFF + ((u >> 16) & 1)) >> 16;
    return (rounded & ~nan) | (((u >> 16) | 0x40) & nan);
}

/// The even and the odd halfword of every word, as float32.
INLINE lanes even_half(words w) { return (lanes)(w << 16); }
INLINE lanes odd_half(words w) { return (lanes)(w & 0xFFFF0000u); }

/// 2^x with relative error about 1e-7, for x < 128: 2^r by a polynomial of relative error 9e-8 on [-1/2, 1/2], times
/// 2^n.
INLINE lanes exp2_lanes(lanes x) {
#pragma clang fp contract(fast)
    // Results below the smallest normal number are flushed to zero; the limit keeps infinity and the exponent in
    // range.
    const lanes low = broadcast(-126.0f);
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

/// x sigmoid(x) with relative error about 2e-7.
INLINE lanes silu_lanes(lanes x) {
    lanes exponent = x * -1.4426950408889634f;
    // For larger exponents the quotient is zero.
    words above = (words)(exponent > broadcast(126.0f));
    exponent = (lanes)(((words)broadcast(126.0f) & above) | ((words)exponent & ~above));
    return x / (1.0f + exp2_lanes(exponent));
}
