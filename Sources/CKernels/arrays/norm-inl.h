// Layer norm over rows, and the per-column passes of group norm.

static void row_moments(const float *x, size_t n, float *mean, float *variance) {
#pragma clang fp reassociate(on) contract(fast)
    double m = sum(x, n) / (double)n, total = 0;
    float mf = (float)m;
    for (size_t b = 0; b < n; b += BLOCK) {
        size_t end = n - b < BLOCK ? n : b + BLOCK;
        float s = 0;
        for (size_t i = b; i < end; i++) s += (x[i] - mf) * (x[i] - mf);
        total += s;
    }
    *mean = mf;
    *variance = (float)(total / (double)n);
}

static void layer_norm(const float *x, const float *scale, const float *bias, float *y, size_t rows, size_t cols,
                       float epsilon) {
    for (size_t r = 0; r < rows; r++) {
        const float *px = x + r * cols;
        float *py = y + r * cols, mean, variance;
        row_moments(px, cols, &mean, &variance);
        float k = 1.0f / sqrtf(variance + epsilon);
        if (scale && bias)
            for (size_t i = 0; i < cols; i++) py[i] = (px[i] - mean) * k * scale[i] + bias[i];
        else if (scale)
            for (size_t i = 0; i < cols; i++) py[i] = (px[i] - mean) * k * scale[i];
        else
            for (size_t i = 0; i < cols; i++) py[i] = (px[i] - mean) * k + (bias ? bias[i] : 0.0f);
    }
}

static void layer_norm_grad(const float *x, const float *scale, const float *dy, float *dx, double *dscale,
                            double *dbias, size_t rows, size_t cols, float epsilon) {
#pragma clang fp reassociate(on) contract(fast)
    for (size_t r = 0; r < rows; r++) {
        const float *px = x + r * cols, *pd = dy + r * cols;
        float mean, variance;
        row_moments(px, cols, &mean, &variance);
        float k = 1.0f / sqrtf(variance + epsilon);
        if (dx) {
            double total = 0, product = 0;
            for (size_t b = 0; b < cols; b += BLOCK) {
                size_t end = cols - b < BLOCK ? cols : b + BLOCK;
                float s = 0, q = 0;
                for (size_t i = b; i < end; i++) {
                    float d = scale ? pd[i] * scale[i] : pd[i];
                    s += d;
                    q += d * ((px[i] - mean) * k);
                }
                total += s;
                product += q;
            }
            float s = (float)(total / (double)cols), q = (float)(product / (double)cols);
            float *po = dx + r * cols;
            for (size_t i = 0; i < cols; i++) {
                float d = scale ? pd[i] * scale[i] : pd[i];
                po[i] = k * (d - s - (px[i] - mean) * k * q);
            }
        }
        if (dscale)
            for (size_t i = 0; i < cols; i++) dscale[i] += pd[i] * ((px[i] - mean) * k);
        if (dbias)
            for (size_t i = 0; i < cols; i++) dbias[i] += pd[i];
    }
}

static void column_moments(const float *x, const float *pivot, size_t rows, size_t cols, double *sums,
                           double *squares) {
    float s[COLUMN_TILE], q[COLUMN_TILE];
    for (size_t c = 0; c < cols; c += COLUMN_TILE) {
        size_t w = cols - c < COLUMN_TILE ? cols - c : COLUMN_TILE;
        for (size_t r = 0; r < rows; r += ROW_TILE) {
            size_t end = rows - r < ROW_TILE ? rows : r + ROW_TILE;
            for (size_t i = 0; i < w; i++) s[i] = q[i] = 0;
            for (size_t k = r; k < end; k++) {
                const float *p = x + k * cols + c;
                for (size_t i = 0; i < w; i++) {
                    float d = p[i] - pivot[c + i];
                    s[i] += d;
                    q[i] += d * d;
                }
            }
            for (size_t i = 0; i < w; i++) {
                sums[c + i] += s[i];
                squares[c + i] += q[i];
            }
        }
    }
}

static void column_affine(const float *x, const float *a, const float *b, float *y, size_t rows, size_t cols,
                          int silu) {
    for (size_t r = 0; r < rows; r++) {
        const float *px = x + r * cols;
        float *py = y + r * cols;
        if (silu)
            for (size_t i = 0; i < cols; i++) {
                float z = px[i] * a[i] + b[i];
                py[i] = z * m_sigmoid(z);
            }
        else
            for (size_t i = 0; i < cols; i++) py[i] = px[i] * a[i] + b[i];
    }
}

static void column_affine_grad_moments(const float *x, const float *dy, const float *a, const float *b,
                                       const float *mean, size_t rows, size_t cols, int silu, double *sums,
                                       double *products) {
    float s[COLUMN_TILE], q[COLUMN_TILE];
    for (size_t c = 0; c < cols; c += COLUMN_TILE) {
        size_t w = cols - c < COLUMN_TILE ? cols - c : COLUMN_TILE;
        for (size_t r = 0; r < rows; r += ROW_TILE) {
            size_t end = rows - r < ROW_TILE ? rows : r + ROW_TILE;
            for (size_t i = 0; i < w; i++) s[i] = q[i] = 0;
            for (size_t k = r; k < end; k++) {
                const float *p = x + k * cols + c, *d = dy + k * cols + c;
                if (silu)
                    for (size_t i = 0; i < w; i++) {
                        float dz = d[i] * m_silu_grad(p[i] * a[c + i] + b[c + i]);
                        s[i] += dz;
                        q[i] += dz * (p[i] - mean[c + i]);
                    }
                else
                    for (size_t i = 0; i < w; i++) {
                        s[i] += d[i];
                        q[i] += d[i] * (p[i] - mean[c + i]);
                    }
            }
            for (size_t i = 0; i < w; i++) {
                sums[c + i] += s[i];
                products[c + i] += q[i];
            }
        }
    }
}

static void column_affine_grad(const float *x, const float *dy, const float *a, const float *b, const float *p,
                               const float *q, const float *r, float *dx, size_t rows, size_t cols, int silu) {
    for (size_t k = 0; k < rows; k++) {
        const float *px = x + k * cols, *pd = dy + k * cols;
        float *po = dx + k * cols;
        if (silu)
            for (size_t i = 0; i < cols; i++) {
                float dz = pd[i] * m_silu_grad(px[i] * a[i] + b[i]);
                po[i] = dz * p[i] + px[i] * q[i] + r[i];
            }
        else
            for (size_t i = 0; i < cols; i++) po[i] = pd[i] * p[i] + px[i] * q[i] + r[i];
    }
}
