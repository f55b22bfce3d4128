// Moving average of parameters, and sums over lanes.

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
