// Row passes of attention over blocks of keys (online softmax), and matmul with few rows.

/// Updates running maxima and sums by scores [rows, cols]: scores become exp(score - maximum), and the present
/// contents of `out` are rescaled to the new maximum. Rows with only -infinity so far keep -infinity as their
/// maximum.
static void softmax_block(float *scores, size_t rows, size_t cols, float *maxima, float *sums, float *out,
                          size_t out_stride, size_t width) {
    for (size_t r = 0; r < rows; r++) {
        float *s = scores + r * cols, *o = out + r * out_stride;
        float before = maxima[r], now = m_max(before, maximum(s, cols));
        if (now == -INFINITY) {
            for (size_t i = 0; i < cols; i++) s[i] = 0;
            continue;
        }
        if (now > before) {
            float factor = m_exp(before - now);
            sums[r] *= factor;
            for (size_t i = 0; i < width; i++) o[i] *= factor;
            maxima[r] = now;
        }
        sums[r] += (float)exp_row(s, s, cols, now);
    }
}

/// Divides the rows by their sums and turns maxima into log-sum-exp (+infinity for rows without keys).
static void softmax_finish(float *maxima, const float *sums, size_t rows, float *out, size_t out_stride,
                           size_t width) {
    for (size_t r = 0; r < rows; r++) {
        float *o = out + r * out_stride;
        // NaN scores must propagate: their sum is NaN, not 0.
        if (sums[r] == 0) {
            for (size_t i = 0; i < width; i++) o[i] = 0;
            maxima[r] = INFINITY;
            continue;
        }
        float k = 1.0f / sums[r];
        for (size_t i = 0; i < width; i++) o[i] *= k;
        maxima[r] += logf(sums[r]);
    }
}

/// scores = exp(scores - offsets) per row.
static void exp_rows(float *scores, size_t rows, size_t cols, const float *offsets) {
    for (size_t r = 0; r < rows; r++) {
        float *s = scores + r * cols, m = offsets[r];
        for (size_t i = 0; i < cols; i++) s[i] = m_exp(s[i] - m);
    }
}

/// slopes = weights * (slopes - offsets) per row.
static void score_grad(const float *weights, float *slopes, size_t rows, size_t cols, const float *offsets) {
    for (size_t r = 0; r < rows; r++) {
        const float *w = weights + r * cols;
        float *s = slopes + r * cols, m = offsets[r];
        for (size_t i = 0; i < cols; i++) s[i] = w[i] * (s[i] - m);
    }
}

static void few_rows(const float *x, size_t rows, const float *w, size_t k, const float *bias, float *y, size_t n,
                     size_t begin, size_t end) {
    for (size_t j = begin; j < end; j++)
        for (size_t r = 0; r < rows; r++)
            y[r * n + j] = block_dot(x + r * k, w + j * k, k) + (bias ? bias[j] : 0.0f);
}
