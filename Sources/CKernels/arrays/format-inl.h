// Conversions between float32 and 16-bit storage formats.

static float half_bits_to_float(uint16_t h) {
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = (h >> 10) & 31, fraction = h & 0x3ff;
    if (exponent == 31) return bits_to_float(sign | 0x7f800000u | (fraction << 13));
    if (exponent == 0) {
        float f = (float)fraction * 0x1p-24f;
        return sign ? -f : f;
    }
    return bits_to_float(sign | ((exponent + 112) << 23) | (fraction << 13));
}

/// Rounds to nearest, ties to even; overflow becomes infinity.
static uint16_t float_to_half_bits(float f) {
    uint32_t u;
    memcpy(&u, &f, 4);
    uint16_t sign = (uint16_t)((u >> 16) & 0x8000);
    u &= 0x7fffffffu;
    if (u > 0x7f800000u) return sign | 0x7e00;
    if (u >= 0x47800000u) return sign | 0x7c00;
    if (u < 0x38800000u) {
        // Adding 0.5 aligns the significand so that the hardware rounds to a multiple of 2^-24.
        float shifted = bits_to_float(u) + 0.5f;
        uint32_t v;
        memcpy(&v, &shifted, 4);
        return sign | (uint16_t)(v - 0x3f000000u);
    }
    u += 0xc8000fffu + ((u >> 13) & 1);
    return sign | (uint16_t)(u >> 13);
}

static void half_to_float(const uint16_t *x, float *y, size_t n) {
    size_t i = 0;
#if defined(CK_HAS_F16C)
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(y + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(x + i))));
#endif
    for (; i < n; i++) y[i] = half_bits_to_float(x[i]);
}

static void float_to_half(const float *x, uint16_t *y, size_t n) {
    size_t i = 0;
#if defined(CK_HAS_F16C)
    for (; i + 8 <= n; i += 8)
        _mm_storeu_si128((__m128i *)(void *)(y + i),
                         _mm256_cvtps_ph(_mm256_loadu_ps(x + i), _MM_FROUND_TO_NEAREST_INT));
#endif
    for (; i < n; i++) y[i] = float_to_half_bits(x[i]);
}

static void bfloat_to_float(const uint16_t *x, float *y, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = bits_to_float((uint32_t)x[i] << 16);
}
