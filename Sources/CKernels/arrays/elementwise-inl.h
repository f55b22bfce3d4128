// Elementwise functions of one or two arrays.

#define MAP(case_label, expression)                                                                          \
    case case_label:                                                                                         \
        for (size_t i = 0; i < n; i++) {                                                                     \
            float v = x[i];                                                                                  \
            y[i] = (expression);                                                                             \
        }                                                                                                    \
        return;

static void unary(ck_unary op, const float *x, float *y, size_t n) {
    switch (op) {
        MAP(CK_EXP, m_exp(v))
        MAP(CK_SQRT, sqrtf(v))
        MAP(CK_SQUARE, v * v)
        MAP(CK_ABSOLUTE, fabsf(v))
        MAP(CK_RECIPROCAL, 1.0f / v)
        MAP(CK_TANH, m_tanh(v))
        MAP(CK_SIGMOID, m_sigmoid(v))
        MAP(CK_RELU, m_relu(v))
        MAP(CK_SILU, m_silu(v))
        MAP(CK_GELU, m_gelu(v))
        MAP(CK_GELU_TANH, m_gelu_tanh(v))
        MAP(CK_GELU_QUICK, m_gelu_quick(v))
    }
}

#define GRAD(case_label, expression)                                                                         \
    case case_label:                                                                                         \
        for (size_t i = 0; i < n; i++) {                                                                     \
            float v = x[i], f = y[i];                                                                        \
            (void)v, (void)f;                                                                                \
            dx[i] = dy[i] * (expression);                                                                    \
        }                                                                                                    \
        return;

static inline float m_gelu_quick_grad(float v) {
    float s = m_sigmoid(1.702f * v);
    return s * (1.0f + 1.702f * v * (1.0f - s));
}

static void unary_grad(ck_unary op, const float *x, const float *y, const float *dy, float *dx, size_t n) {
    switch (op) {
        GRAD(CK_EXP, f)
        GRAD(CK_SQRT, 0.5f / f)
        GRAD(CK_SQUARE, 2.0f * v)
        GRAD(CK_ABSOLUTE, v > 0.0f ? 1.0f : v < 0.0f ? -1.0f : 0.0f)
        GRAD(CK_RECIPROCAL, -f * f)
        GRAD(CK_TANH, 1.0f - f * f)
        GRAD(CK_SIGMOID, f * (1.0f - f))
        GRAD(CK_RELU, v > 0.0f ? 1.0f : 0.0f)
        GRAD(CK_SILU, m_silu_grad(v))
        GRAD(CK_GELU, m_gelu_grad(v))
        GRAD(CK_GELU_TANH, m_gelu_tanh_grad(v))
        GRAD(CK_GELU_QUICK, m_gelu_quick_grad(v))
    }
}

#define PAIRS(case_label, expression)                                                                        \
    case case_label:                                                                                         \
        for (size_t r = 0; r < n0; r++) {                                                                    \
            const float *pa = a + r * a0, *pb = b + r * b0;                                                  \
            float *po = out + r * n1;                                                                        \
            if (a1 && b1) {                                                                                  \
                for (size_t i = 0; i < n1; i++) {                                                            \
                    float u = pa[i], v = pb[i];                                                              \
                    po[i] = (expression);                                                                    \
                }                                                                                            \
            } else if (a1) {                                                                                 \
                float v = pb[0];                                                                             \
                for (size_t i = 0; i < n1; i++) {                                                            \
                    float u = pa[i];                                                                         \
                    po[i] = (expression);                                                                    \
                }                                                                                            \
            } else if (b1) {                                                                                 \
                float u = pa[0];                                                                             \
                for (size_t i = 0; i < n1; i++) {                                                            \
                    float v = pb[i];                                                                         \
                    po[i] = (expression);                                                                    \
                }                                                                                            \
            } else {                                                                                         \
                float u = pa[0], v = pb[0];                                                                  \
                for (size_t i = 0; i < n1; i++) po[i] = (expression);                                        \
            }                                                                                                \
        }                                                                                                    \
        return;

static void binary(ck_binary op, const float *a, size_t a0, size_t a1, const float *b, size_t b0, size_t b1,
                   float *out, size_t n0, size_t n1) {
    switch (op) {
        PAIRS(CK_ADD, u + v)
        PAIRS(CK_SUBTRACT, u - v)
        PAIRS(CK_MULTIPLY, u * v)
        PAIRS(CK_DIVIDE, u / v)
    }
}

static void affine(const float *x, float *y, size_t n, float scale, float shift) {
    for (size_t i = 0; i < n; i++) y[i] = x[i] * scale + shift;
}

static void accumulate(const float *x, float *y, size_t n, float scale) {
    for (size_t i = 0; i < n; i++) y[i] += scale * x[i];
}

static void clamp(const float *x, float *y, size_t n, float low, float high) {
    for (size_t i = 0; i < n; i++) y[i] = m_min(m_max(x[i], low), high);
}

static void clamp_grad(const float *x, const float *dy, float *dx, size_t n, float low, float high) {
    for (size_t i = 0; i < n; i++) dx[i] = x[i] >= low && x[i] <= high ? dy[i] : 0.0f;
}

static void fill(float *y, size_t n, float value) {
    for (size_t i = 0; i < n; i++) y[i] = value;
}
