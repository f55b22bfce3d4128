// Adam and parameter averages over flat vectors.

static void CK_NAME(adam)(float *parameters, float *first, float *second, float *gradient, int64_t count, float rate,
                          float beta1, float beta2, float epsilon, float correction2) {
    for (int64_t at = 0; at < count; at += 16) {
        const int n = count - at < 16 ? (int)(count - at) : 16;
        float *g = gradient + at, *m = first + at, *v = second + at, *p = parameters + at;
        if (n == 16) {
            uint32_t any = 0;
            for (int i = 0; i < 16; i++) {
                union { float f; uint32_t u; } bits = {.f = g[i]};
                any |= bits.u;
            }
            if (!any) continue;
            for (int i = 0; i < 16; i++) {
                m[i] = beta1 * m[i] + (1.f - beta1) * g[i];
                v[i] = beta2 * v[i] + (1.f - beta2) * g[i] * g[i];
                p[i] -= rate * m[i] / (sqrtf(v[i] * correction2) + epsilon);
                g[i] = 0.f;
            }
        } else {
            for (int i = 0; i < n; i++) {
                m[i] = beta1 * m[i] + (1.f - beta1) * g[i];
                v[i] = beta2 * v[i] + (1.f - beta2) * g[i] * g[i];
                p[i] -= rate * m[i] / (sqrtf(v[i] * correction2) + epsilon);
                g[i] = 0.f;
            }
        }
    }
}

static void CK_NAME(average)(float *average, const float *parameters, int64_t count, float decay) {
    const float blend = 1.f - decay;
    for (int64_t i = 0; i < count; i++) average[i] += blend * (parameters[i] - average[i]);
}

static void CK_NAME(lanes_sum)(const float *lanes, int64_t count, float *sums) {
    for (int64_t i = 0; i < count; i++) {
        const float *l = lanes + 16 * i;
        float half[8], quarter[4];
        for (int k = 0; k < 8; k++) half[k] = l[k] + l[k + 8];
        for (int k = 0; k < 4; k++) quarter[k] = half[k] + half[k + 4];
        sums[i] = (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
    }
}
