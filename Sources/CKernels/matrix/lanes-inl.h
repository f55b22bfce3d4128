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
