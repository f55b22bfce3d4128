// Reductions: float lanes within a short block, blocks summed in double.

#define BLOCK 512

static float block_sum(const float *x, size_t n) {
#pragma clang fp reassociate(on)
    float s = 0;
    for (size_t i = 0; i < n; i++) s += x[i];
    return s;
}

static float block_dot(const float *x, const float *y, size_t n) {
#pragma clang fp reassociate(on) contract(fast)
    float s = 0;
    for (size_t i = 0; i < n; i++) s += x[i] * y[i];
    return s;
}

static double sum(const float *x, size_t n) {
    double total = 0;
    for (size_t i = 0; i < n; i += BLOCK) total += block_sum(x + i, n - i < BLOCK ? n - i : BLOCK);
    return total;
}

static double dot(const float *x, const float *y, size_t n) {
    double total = 0;
    for (size_t i = 0; i < n; i += BLOCK) total += block_dot(x + i, y + i, n - i < BLOCK ? n - i : BLOCK);
    return total;
}

static float maximum(const float *x, size_t n) {
#pragma clang fp reassociate(on)
    float lanes[16];
    for (int j = 0; j < 16; j++) lanes[j] = -INFINITY;
    size_t i = 0;
    for (; i + 16 <= n; i += 16)
        for (int j = 0; j < 16; j++) lanes[j] = m_max(lanes[j], x[i + j]);
    float m = -INFINITY;
    for (int j = 0; j < 16; j++) m = m_max(m, lanes[j]);
    for (; i < n; i++) m = m_max(m, x[i]);
    return m;
}

#define COLUMN_TILE 256
#define ROW_TILE 64

static void sum_columns(const float *x, size_t rows, size_t cols, size_t stride, double *y) {
    float partial[COLUMN_TILE];
    for (size_t c = 0; c < cols; c += COLUMN_TILE) {
        size_t w = cols - c < COLUMN_TILE ? cols - c : COLUMN_TILE;
        for (size_t r = 0; r < rows; r += ROW_TILE) {
            size_t end = rows - r < ROW_TILE ? rows : r + ROW_TILE;
            for (size_t i = 0; i < w; i++) partial[i] = 0;
            for (size_t k = r; k < end; k++) {
                const float *p = x + k * stride + c;
                for (size_t i = 0; i < w; i++) partial[i] += p[i];
            }
            for (size_t i = 0; i < w; i++) y[c + i] += partial[i];
        }
    }
}

/// y = exp(x - m) over one row; returns the sum.
static double exp_row(const float *x, float *y, size_t n, float m) {
#pragma clang fp reassociate(on)
    double total = 0;
    for (size_t b = 0; b < n; b += BLOCK) {
        size_t end = n - b < BLOCK ? n : b + BLOCK;
        float s = 0;
        for (size_t i = b; i < end; i++) {
            float e = m_exp(x[i] - m);
            y[i] = e;
            s += e;
        }
        total += s;
    }
    return total;
}

static void softmax(const float *x, float *y, size_t rows, size_t cols) {
    for (size_t r = 0; r < rows; r++) {
        const float *px = x + r * cols;
        float *py = y + r * cols;
        float m = maximum(px, cols);
        // A row masked out everywhere gives zeros instead of NaN.
        if (m == -INFINITY) {
            for (size_t i = 0; i < cols; i++) py[i] = 0;
            continue;
        }
        float scale = (float)(1.0 / exp_row(px, py, cols, m));
        for (size_t i = 0; i < cols; i++) py[i] *= scale;
    }
}

static void softmax_grad(const float *y, const float *dy, float *dx, size_t rows, size_t cols, float scale) {
    for (size_t r = 0; r < rows; r++) {
        const float *py = y + r * cols, *pd = dy + r * cols;
        float *po = dx + r * cols;
        float s = (float)dot(py, pd, cols);
        for (size_t i = 0; i < cols; i++) po[i] = scale * py[i] * (pd[i] - s);
    }
}
