// Adam over flat vectors.

static inline void adam_run(float *p, float *m, float *v, const float *g, size_t n, float rate, float beta1,
                            float beta2, float epsilon, float correction2) {
#pragma clang fp contract(fast)
    for (size_t i = 0; i < n; i++) {
        m[i] = beta1 * m[i] + (1.f - beta1) * g[i];
        v[i] = beta2 * v[i] + (1.f - beta2) * g[i] * g[i];
        p[i] -= rate * m[i] / (sqrtf(v[i] * correction2) + epsilon);
    }
}

static void adam(float *p, float *m, float *v, const float *g, size_t n, float rate, float beta1, float beta2,
                 float epsilon, float correction2) {
    adam_run(p, m, v, g, n, rate, beta1, beta2, epsilon, correction2);
}

static void adam_sparse(float *p, float *m, float *v, float *g, size_t count, float rate, float beta1, float beta2,
                        float epsilon, float correction2) {
    for (size_t at = 0; at < count; at += 16) {
        const size_t n = count - at < 16 ? count - at : 16;
        if (n == 16) {
            uint32_t any = 0;
            for (int i = 0; i < 16; i++) {
                union { float f; uint32_t u; } bits = {.f = g[at + i]};
                any |= bits.u;
            }
            if (!any) continue;
            // A constant trip count, so that the compiler vectorises the loop.
            adam_run(p + at, m + at, v + at, g + at, 16, rate, beta1, beta2, epsilon, correction2);
        } else {
            adam_run(p + at, m + at, v + at, g + at, n, rate, beta1, beta2, epsilon, correction2);
        }
        memset(g + at, 0, n * sizeof(float));
    }
}
