// The MLP: inputs -> hidden ReLU -> density logit and three colour logits, vectorised over samples. Parameters in
// order: W1 [hidden][inputs], b1 [hidden], W2 [4][hidden], b2 [4].

#define CK_SUB 128 // samples whose hidden values fit L1
#define CK_MAX_HIDDEN 128

/// hidden[j][32] = relu(W1 f + b1) for one block of 32 samples.
static inline __attribute__((always_inline)) void CK_NAME(hidden_block)(const float *w, const float *bias,
                                                                        int inputs, const float *f, VF out[8][2]) {
    for (int j = 0; j < 8; j++) out[j][0] = out[j][1] = (VF){0} + bias[j];
    for (int k = 0; k < inputs; k++) {
        const VF a = *(const VF *)(f + k * CK_SLAB), b = *(const VF *)(f + k * CK_SLAB + 16);
        for (int j = 0; j < 8; j++) {
            const float c = w[j * inputs + k];
            out[j][0] += c * a;
            out[j][1] += c * b;
        }
    }
}

/// Prefetches the features of the 32 samples from `at` on, a share with every eight hidden values from `j` on.
static inline void CK_NAME(prefetch_features)(const float *features, int32_t at, int inputs, int j, int hidden) {
    for (int k = j * inputs / hidden; k < (j + 8) * inputs / hidden; k++) {
        __builtin_prefetch(features + k * CK_SLAB + at, 0, 3);
        __builtin_prefetch(features + k * CK_SLAB + at + 16, 0, 3);
    }
}

/// Logits of the slots [from, to) into rows SIGMA...BLUE; with `slopes`, the derivative of the density logit with
/// respect to each feature into the rows after the features.
static void CK_NAME(network)(const ck_field *field, float *slab, int32_t from, int32_t to, int slopes) {
    const int inputs = field->level_count * field->features, hidden = field->hidden;
    const float *w1 = field->network, *b1 = w1 + hidden * inputs, *w2 = b1 + hidden, *b2 = w2 + 4 * hidden;
    float *features = slab + CK_ROW_FEATURES * CK_SLAB;
    for (int32_t at = from; at < to; at += 32) {
        VF out[4][2];
        VF gate[CK_MAX_HIDDEN][2];
        for (int o = 0; o < 4; o++) out[o][0] = out[o][1] = (VF){0} + b2[o];
        for (int j = 0; j < hidden; j += 8) {
            VF h[8][2];
            if (at + 32 < to) CK_NAME(prefetch_features)(features, at + 32, inputs, j, hidden);
            CK_NAME(hidden_block)(w1 + j * inputs, b1 + j, inputs, features + at, h);
            for (int q = 0; q < 8; q++)
                for (int v = 0; v < 2; v++) {
                    h[q][v] = CK_WHERE_POSITIVE(h[q][v], h[q][v]);
                    for (int o = 0; o < 4; o++) out[o][v] += w2[o * hidden + j + q] * h[q][v];
                    if (slopes) gate[j + q][v] = CK_WHERE_POSITIVE(h[q][v], (VF){0} + w2[j + q]);
                }
        }
        for (int o = 0; o < 4; o++)
            for (int v = 0; v < 2; v++) *(VF *)(slab + (CK_ROW_SIGMA + o) * CK_SLAB + at + 16 * v) = out[o][v];
        if (!slopes) continue;
        float *slope = features + inputs * CK_SLAB + at;
        for (int k = 0; k < inputs; k++) {
            VF a = {0}, b = {0};
            for (int j = 0; j < hidden; j++) {
                a += w1[j * inputs + k] * gate[j][0];
                b += w1[j * inputs + k] * gate[j][1];
            }
            *(VF *)(slope + k * CK_SLAB) = a;
            *(VF *)(slope + k * CK_SLAB + 16) = b;
        }
    }
}

/// lanes[j * inputs + k] += sum over the vectors of g[j] * f[k]: 4 x 4 products in registers.
static inline __attribute__((always_inline)) void CK_NAME(outer)(const float *g, int stride, const float *f,
                                                                 int vectors, VF *lanes, int inputs,
                                                                 const int columns) {
    VF sum[4][4];
    for (int j = 0; j < 4; j++)
        for (int k = 0; k < columns; k++) sum[j][k] = lanes[j * inputs + k];
    for (int v = 0; v < vectors; v++) {
        VF b[4];
        for (int k = 0; k < columns; k++) b[k] = *(const VF *)(f + k * CK_SLAB + 16 * v);
        for (int j = 0; j < 4; j++) {
            const VF a = *(const VF *)(g + j * stride + 16 * v);
            for (int k = 0; k < columns; k++) sum[j][k] += a * b[k];
        }
    }
    for (int j = 0; j < 4; j++)
        for (int k = 0; k < columns; k++) lanes[j * inputs + k] = sum[j][k];
}

static void CK_NAME(outer_all)(const float *g, const float *f, int vectors, VF *lanes, int hidden, int inputs) {
    for (int j = 0; j < hidden; j += 4) {
        int k = 0;
        for (; k + 4 <= inputs; k += 4)
            CK_NAME(outer)(g + j * CK_SUB, CK_SUB, f + k * CK_SLAB, vectors, lanes + j * inputs + k, inputs, 4);
        for (; k < inputs; k++)
            CK_NAME(outer)(g + j * CK_SUB, CK_SUB, f + k * CK_SLAB, vectors, lanes + j * inputs + k, inputs, 1);
    }
}

/// Adjoint of `network` for slots [0, used): rows SIGMA...BLUE hold the derivatives with respect to the logits;
/// features are replaced by their derivatives. With `tangent` ([inputs][CK_SLAB], the derivative of the features
/// along the adjoint of the density's gradient) the weights also receive the derivatives of the normals.
static void CK_NAME(network_adjoint)(const ck_field *field, float *slab, int32_t used, const float *tangent,
                                     float *network_lanes) {
    const int inputs = field->level_count * field->features, hidden = field->hidden;
    const float *w1 = field->network, *b1 = w1 + hidden * inputs, *w2 = b1 + hidden;
    VF *g1 = (VF *)network_lanes, *gb1 = g1 + hidden * inputs, *g2 = gb1 + hidden, *gb2 = g2 + 4 * hidden;
    float *features = slab + CK_ROW_FEATURES * CK_SLAB;
    VF gradient[CK_MAX_HIDDEN * CK_SUB / 16];
    VF gate[CK_MAX_HIDDEN * CK_SUB / 16];
    for (int32_t at = 0; at < used; at += CK_SUB) {
        const int32_t count = used - at < CK_SUB ? used - at : CK_SUB, vectors = count / 16;
        const float *logits = slab + CK_ROW_SIGMA * CK_SLAB + at;
        for (int32_t i = 0; i < count; i += 32)
            for (int j = 0; j < hidden; j += 8) {
                VF h[8][2];
                if (at + i + 32 < used) CK_NAME(prefetch_features)(features, at + i + 32, inputs, j, hidden);
                CK_NAME(hidden_block)(w1 + j * inputs, b1 + j, inputs, features + at + i, h);
                for (int q = 0; q < 8; q++)
                    for (int v = 0; v < 2; v++) gradient[(j + q) * (CK_SUB / 16) + i / 16 + v] = h[q][v];
            }
        for (int j = 0; j < hidden; j++) {
            VF s2[4] = {{0}}, s1 = {0};
            for (int v = 0; v < vectors; v++) {
                VF *slot = gradient + j * (CK_SUB / 16) + v;
                const VF h = CK_WHERE_POSITIVE(*slot, *slot);
                VF back = {0};
                for (int o = 0; o < 4; o++) {
                    const VF d = *(const VF *)(logits + o * CK_SLAB + 16 * v);
                    s2[o] += d * h;
                    back += w2[o * hidden + j] * d;
                }
                const VF masked = CK_WHERE_POSITIVE(h, back);
                s1 += masked;
                *slot = masked;
                if (tangent) gate[j * (CK_SUB / 16) + v] = CK_WHERE_POSITIVE(h, (VF){0} + 1.f);
            }
            gb1[j] += s1;
            for (int o = 0; o < 4; o++) g2[o * hidden + j] += s2[o];
        }
        for (int o = 0; o < 4; o++) {
            VF sum = {0};
            for (int v = 0; v < vectors; v++) sum += *(const VF *)(logits + o * CK_SLAB + 16 * v);
            gb2[o] += sum;
        }
        CK_NAME(outer_all)((const float *)gradient, features + at, vectors, g1, hidden, inputs);
        if (tangent) {
            for (int j = 0; j < hidden; j++)
                for (int v = 0; v < vectors; v++) {
                    VF sum = {0}, *open = gate + j * (CK_SUB / 16) + v;
                    for (int k = 0; k < inputs; k++)
                        sum += w1[j * inputs + k] * *(const VF *)(tangent + k * CK_SLAB + at + 16 * v);
                    g2[j] += sum * *open;
                    *open *= w2[j];
                }
            CK_NAME(outer_all)((const float *)gate, tangent + at, vectors, g1, hidden, inputs);
        }
        for (int32_t i = 0; i < vectors; i += 2)
            for (int k = 0; k < inputs; k += 4) {
                const int columns = inputs - k < 4 ? inputs - k : 4;
                VF sum[4][2] = {{{0}}};
                if (columns == 4) {
                    for (int j = 0; j < hidden; j++) {
                        const VF a = gradient[j * (CK_SUB / 16) + i], b = gradient[j * (CK_SUB / 16) + i + 1];
                        for (int c = 0; c < 4; c++) {
                            sum[c][0] += w1[j * inputs + k + c] * a;
                            sum[c][1] += w1[j * inputs + k + c] * b;
                        }
                    }
                } else {
                    for (int j = 0; j < hidden; j++)
                        for (int c = 0; c < columns; c++)
                            for (int v = 0; v < 2; v++)
                                sum[c][v] += w1[j * inputs + k + c] * gradient[j * (CK_SUB / 16) + i + v];
                }
                for (int c = 0; c < columns; c++)
                    for (int v = 0; v < 2; v++)
                        *(VF *)(features + (k + c) * CK_SLAB + at + 16 * (i + v)) = sum[c][v];
            }
    }
}
