// Branch-free elementary functions that the compiler vectorises; a few ulp from libm.

static inline float bits_to_float(uint32_t u) {
    float f;
    memcpy(&f, &u, 4);
    return f;
}

static inline float m_max(float a, float b) { return a > b ? a : b; }
static inline float m_min(float a, float b) { return a < b ? a : b; }

/// exp(x): x = n ln 2 + r with |r| <= ln 2 / 2 and a degree-6 polynomial; 0 below -87.34, saturates above 88.37.
static inline float m_exp(float x) {
    float c = m_min(m_max(x, -87.3365f), 88.3762626647949f);
    float n = c * 1.44269504088896341f + 12582912.0f;
    n -= 12582912.0f;
    float r = c - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    float e = p * bits_to_float((uint32_t)((int32_t)n + 127) << 23);
    e = x < -87.3365f ? 0.0f : e;
    e = x > 88.722839f ? INFINITY : e;
    return x != x ? x : e;
}

static inline float m_sigmoid(float x) { return 1.0f / (1.0f + m_exp(-x)); }

/// tanh(x): odd polynomial for |x| < 0.625 (keeps relative accuracy), else through exp.
static inline float m_tanh(float x) {
    float a = fabsf(x), z = x * x;
    float p = -5.70498872745e-3f;
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    p = p * z * x + x;
    float t = 1.0f - 2.0f / (m_exp(2.0f * a) + 1.0f);
    t = x < 0 ? -t : t;
    return a < 0.625f ? p : t;
}

/// erf(x) by the rational minimax approximation used in Eigen, clamped to |x| <= 4.
static inline float m_erf(float v) {
    float x = m_min(m_max(v, -4.0f), 4.0f), z = x * x;
    float p = -2.72614225801306e-10f;
    p = p * z + 2.77068142495902e-08f;
    p = p * z - 2.10102402082508e-06f;
    p = p * z - 5.69250639462346e-05f;
    p = p * z - 7.34990630326855e-04f;
    p = p * z - 2.95459980854025e-03f;
    p = p * z - 1.60960333262415e-02f;
    float q = -1.45660718464996e-05f;
    q = q * z - 2.13374055278905e-04f;
    q = q * z - 1.68282697438203e-03f;
    q = q * z - 7.37332916720468e-03f;
    q = q * z - 1.42647390514189e-02f;
    float e = x * p / q;
    return v != v ? v : e;
}

static inline float m_relu(float x) { return x < 0.0f ? 0.0f : x; }
static inline float m_silu(float x) { return x * m_sigmoid(x); }
static inline float m_gelu_quick(float x) { return x * m_sigmoid(1.702f * x); }
static inline float m_gelu(float x) { return 0.5f * x * (1.0f + m_erf(x * 0.70710678118654752f)); }
static inline float m_gelu_grad(float x) {
    return 0.5f * (1.0f + m_erf(x * 0.70710678118654752f)) + x * 0.3989422804014327f * m_exp(-0.5f * x * x);
}
static inline float m_gelu_tanh(float x) {
    return 0.5f * x * (1.0f + m_tanh(0.7978845608028654f * (x + 0.044715f * x * x * x)));
}
static inline float m_gelu_tanh_grad(float x) {
    float t = m_tanh(0.7978845608028654f * (x + 0.044715f * x * x * x));
    return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * 0.7978845608028654f * (1.0f + 0.134145f * x * x);
}
static inline float m_silu_grad(float x) {
    float s = m_sigmoid(x);
    return s * (1.0f + x * (1.0f - s));
}
