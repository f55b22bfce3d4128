// The epilogue of a matmul: bias, activation, factor and addend applied while sums are in registers or cache.

#define EPILOGUE_MAP(case_label, expression)                                                                   \
    case case_label:                                                                                         \
        for (size_t i = 0; i < n; i++) {                                                                     \
            float v = y[i];                                                                                  \
            y[i] = (expression);                                                                             \
        }                                                                                                    \
        return;

INLINE void activate(int activation, float *y, const size_t n) {
    switch (activation) {
        EPILOGUE_MAP(CK_RELU, m_relu(v))
        EPILOGUE_MAP(CK_SILU, m_silu(v))
        EPILOGUE_MAP(CK_GELU, m_gelu(v))
        EPILOGUE_MAP(CK_GELU_TANH, m_gelu_tanh(v))
        EPILOGUE_MAP(CK_GELU_QUICK, m_gelu_quick(v))
        EPILOGUE_MAP(CK_TANH, m_tanh(v))
        EPILOGUE_MAP(CK_SIGMOID, m_sigmoid(v))
        default: return;
    }
}

/// One row of `n` sums; `bias`, `factor` and `addend` point to its first column.
INLINE void epilogue_row(const ck_epilogue *f, const float *bias, const float *factor, const float *addend,
                       float *restrict y, const size_t n) {
    if (bias)
        for (size_t i = 0; i < n; i++) y[i] += bias[i];
    if (f->activation >= 0) activate(f->activation, y, n);
    if (factor)
        for (size_t i = 0; i < n; i++) y[i] *= factor[i];
    if (addend)
        for (size_t i = 0; i < n; i++) y[i] += addend[i];
    if (f->last >= 0) activate(f->last, y, n);
}

/// Whether an epilogue consists of additions and ReLU only, which `sum_lanes` computes.
INLINE int is_sum(const ck_epilogue *f) {
    return !f->factor && !f->bias_rows && (f->activation < 0 || f->activation == CK_RELU)
           && (f->last < 0 || f->last == CK_RELU);
}

/// Lower bound that an activation of an `is_sum` epilogue imposes: 0 for ReLU, -infinity for none.
INLINE lanes floor_of(int activation) { return broadcast(activation < 0 ? -INFINITY : 0.0f); }

/// max(v, floor); NaN is kept.
INLINE lanes at_least(lanes v, lanes floor) {
    words below = (words)(v < floor);
    return (lanes)(((words)floor & below) | ((words)v & ~below));
}

/// Applies an `is_sum` epilogue to up to one vector of sums of a row before they are stored.
/// @param bias of these columns, or zeros
/// @param floors lower bounds of `activation` and `last`
INLINE lanes sum_lanes(const ck_epilogue *f, lanes v, lanes bias, const lanes floors[2], size_t row, size_t column,
                       size_t n) {
    v = at_least(v + bias, floors[0]);
    if (f->addend) v += load_some(f->addend + row * f->addend_stride + column, n);
    return at_least(v, floors[1]);
}

static void apply_epilogue(const ck_epilogue *f, float *result, size_t stride, size_t rows, size_t columns,
                           size_t first_row, size_t first_column) {
    for (size_t r = 0; r < rows; r++) {
        size_t row = first_row + r, group = f->bias_rows ? row / f->bias_rows : 0;
        const float *bias = f->bias ? f->bias + group * f->bias_stride + first_column : NULL;
        const float *factor = f->factor ? f->factor + row * f->factor_stride + first_column : NULL;
        const float *addend = f->addend ? f->addend + row * f->addend_stride + first_column : NULL;
        float *y = result + r * stride;
        size_t c = 0;
        // Whole panels stay in registers between steps.
        for (; c + PANEL <= columns; c += PANEL) {
            float part[PANEL];
            memcpy(part, y + c, sizeof part);
            epilogue_row(f, bias ? bias + c : NULL, factor ? factor + c : NULL, addend ? addend + c : NULL, part, PANEL);
            memcpy(y + c, part, sizeof part);
        }
        if (c < columns)
            epilogue_row(f, bias ? bias + c : NULL, factor ? factor + c : NULL, addend ? addend + c : NULL, y + c,
                       columns - c);
    }
}
