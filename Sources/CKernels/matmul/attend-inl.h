// Attention over blocks of keys, with running maxima and sums (online softmax).

/// Whether keys of this size fit short rows.
INLINE int keys_are_short(ck_precision precision, size_t size) {
    size_t bytes = CK_BFLOAT_ROWS && precision == CK_BFLOAT16 ? 2 : 4;
    return ((size + 1) & ~(size_t)1) * bytes <= CK_SHORT_ROW_BYTES;
}

INLINE size_t key_row_bytes(ck_precision precision, size_t size) {
    return keys_are_short(precision, size) ? CK_SHORT_ROW_BYTES : CK_ROW_BYTES;
}

/// Numbers of a key per gathered row; longer keys take several.
INLINE size_t key_part(ck_precision precision) {
    return precision == CK_BFLOAT16 && CK_BFLOAT_ROWS ? 2 * CK_K_BLOCK_FLOAT32 : CK_K_BLOCK_FLOAT32;
}

INLINE size_t key_parts(ck_precision precision, size_t size) {
    return (size + key_part(precision) - 1) / key_part(precision);
}

static size_t attention_key_bytes(ck_precision precision, size_t size, size_t keys) {
    return key_parts(precision, size) * keys * key_row_bytes(precision, size);
}

static size_t attention_value_bytes(size_t value_size, size_t keys) {
    return (keys + CK_KEY_BLOCK - 1) / CK_KEY_BLOCK * value_size * CK_ROW_BYTES;
}

INLINE size_t keys_in_block(size_t keys, size_t block) {
    size_t left = keys - block * CK_KEY_BLOCK;
    return left < CK_KEY_BLOCK ? left : CK_KEY_BLOCK;
}

static void attention_keys(ck_precision precision, const float *x, size_t stride, size_t size, size_t keys, size_t block,
                           void *rows) {
    size_t row = key_row_bytes(precision, size), part = key_part(precision), count = keys_in_block(keys, block);
    for (size_t p = 0; p < size; p += part) {
        size_t n = size - p < part ? size - p : part;
        char *to = (char *)rows + (p / part * keys + block * CK_KEY_BLOCK) * row;
        for (size_t i = 0; i < count; i++) {
            gather_run(precision, x + (block * CK_KEY_BLOCK + i) * stride + p, n, to + i * row, 0);
            gather_end(precision, to + i * row, n);
        }
    }
}

static void attention_values(ck_precision precision, const float *x, size_t stride, size_t size, size_t keys,
                             size_t block, void *rows) {
    size_t count = keys_in_block(keys, block);
    const float *first = x + block * CK_KEY_BLOCK * stride;
    char *to = (char *)rows + block * size * CK_ROW_BYTES;
    for (size_t c = 0; c < size; c += CK_LANES) {
        float columns[CK_LANES][CK_KEY_BLOCK];
        for (size_t i = 0; i < count; i += CK_LANES) {
            lanes r[CK_LANES];
            for (size_t k = 0; k < CK_LANES; k++)
                r[k] = i + k < count ? load_some(first + (i + k) * stride + c, size - c) : (lanes){0};
            transpose(r);
            for (size_t j = 0; j < CK_LANES; j++) store(columns[j] + i, r[j]);
        }
        for (size_t j = 0; j < CK_LANES && c + j < size; j++) {
            gather_run(precision, columns[j], count, to + (c + j) * CK_ROW_BYTES, 0);
            gather_end(precision, to + (c + j) * CK_ROW_BYTES, count);
        }
    }
}

/// Offsets in the scratch, in floats.
typedef struct attention_layout {
    size_t queries, outputs, scores, weights, maxima, sums, grid, total;
} attention_layout;

INLINE attention_layout layout_of(size_t size, size_t value_size, size_t grid) {
    attention_layout l;
    l.queries = 0;
    l.outputs = l.queries + CK_QUERY_PANELS * ((size + 1) & ~(size_t)1) * PANEL;
    l.scores = l.outputs + CK_QUERY_PANELS * value_size * PANEL;
    l.weights = l.scores + CK_KEY_BLOCK * PANEL;
    l.maxima = l.weights + CK_KEY_BLOCK / 2 * PANEL;
    l.sums = l.maxima + CK_QUERY_PANELS * PANEL;
    l.grid = l.sums + CK_QUERY_PANELS * PANEL;
    l.total = l.grid + CK_QUERY_PANELS * 2 * grid * PANEL;
    return l;
}

static size_t attention_scratch(size_t size, size_t value_size, size_t grid) {
    return layout_of(size, value_size, grid).total;
}

#define LOG2_E 1.4426950408889634f

/// panel [columns, PANEL] = x [rows, columns] * factor, transposed; missing rows become zeros.
INLINE void pack_rows(const float *x, size_t stride, size_t rows, size_t columns, float factor, float *panel) {
    for (size_t h = 0; h < PANEL; h += CK_LANES)
        for (size_t c = 0; c < columns; c += CK_LANES) {
            lanes r[CK_LANES];
            for (size_t q = 0; q < CK_LANES; q++)
                r[q] = h + q < rows ? load_some(x + (h + q) * stride + c, columns - c) * factor : (lanes){0};
            transpose(r);
            for (size_t j = 0; j < CK_LANES && c + j < columns; j++) store(panel + (c + j) * PANEL + h, r[j]);
        }
}

/// The same in pairs of bfloat16; an odd column is paired with zeros.
INLINE void pack_row_pairs(const float *x, size_t stride, size_t rows, size_t columns, float factor, float *panel) {
    for (size_t h = 0; h < PANEL; h += CK_LANES)
        for (size_t c = 0; c < columns; c += 2 * CK_LANES) {
            lanes r[CK_LANES];
            for (size_t q = 0; q < CK_LANES; q++) {
                float pair[2 * CK_LANES] = {0};
                size_t left = columns - c < 2 * CK_LANES ? columns - c : 2 * CK_LANES;
                if (h + q < rows) memcpy(pair, x + (h + q) * stride + c, left * sizeof(float));
                words low = bfloat_words(load(pair) * factor), high = bfloat_words(load(pair + CK_LANES) * factor);
                r[q] = (lanes)pairs_of(low, high);
            }
            transpose(r);
            for (size_t j = 0; j < CK_LANES && c + 2 * j < columns; j++) store(panel + (c / 2 + j) * PANEL + h, r[j]);
        }
}

/// Packs some queries as a panel, scaled for powers of 2; lanes without a query become zeros.
INLINE void pack_queries(const ck_attention *a, size_t first, size_t count, float *panel) {
    const float *queries = a->queries + first * a->query_stride;
    if (a->precision == CK_FLOAT32) {
        pack_rows(queries, a->query_stride, count, a->size, a->scale * LOG2_E, panel);
        // The panel must have an even number of lines.
        if (a->size % 2) memset(panel + a->size * PANEL, 0, PANEL * sizeof(float));
    } else {
        pack_row_pairs(queries, a->query_stride, count, a->size, a->scale * LOG2_E, panel);
    }
}

/// scores [keys, PANEL] += rows of the grid + columns of the grid.
INLINE void add_grid(size_t begin, size_t keys, size_t grid, const float *rows, const float *columns, float *scores) {
    size_t y = begin / grid, x = begin % grid;
    for (size_t k = 0; k < keys; y++, x = 0)
        for (; x < grid && k < keys; x++, k++)
            for (size_t h = 0; h < PANEL; h += CK_LANES) {
                float *score = scores + k * PANEL + h;
                store(score, load(score) + load(rows + y * PANEL + h) + load(columns + x * PANEL + h));
            }
}

/// scores [keys, PANEL] += bias, transposed.
INLINE void add_bias(const ck_attention *a, size_t first, size_t queries, size_t begin, size_t keys, float *scores) {
    for (size_t q = 0; q < queries; q++) {
        const float *bias = a->bias + (first + q) * a->bias_query + begin * a->bias_key;
        for (size_t k = 0; k < keys; k++) scores[k * PANEL + q] += bias[k * a->bias_key] * LOG2_E;
    }
}

/// Turns scores [keys, PANEL] into weights, packed as a panel of `a->precision`; updates running maxima and sums.
INLINE void weigh(const ck_attention *a, size_t keys, float *scores, float *weights, float *maxima, float *sums,
                  float *outputs) {
    for (size_t h = 0; h < PANEL; h += CK_LANES) {
        lanes before = load(maxima + h), most = before;
        for (size_t k = 0; k < keys; k++) most = larger(load(scores + k * PANEL + h), most);
        // A query with all keys masked out keeps -infinity as its maximum; 0 is subtracted instead, to avoid NaN.
        words none = (words)(most == broadcast(-INFINITY));
        lanes origin = (lanes)((words)most & ~none);
        int grew = 0;
        for (int i = 0; i < CK_LANES; i++) grew |= most[i] != before[i];
        lanes sum = load(sums + h);
        if (grew) {
            lanes factor = exp2_lanes(before - origin);
            sum *= factor;
            for (size_t c = 0; c < a->value_size; c++)
                store(outputs + c * PANEL + h, load(outputs + c * PANEL + h) * factor);
            store(maxima + h, most);
        }
        if (a->precision == CK_FLOAT32) {
            for (size_t k = 0; k < keys; k++) {
                lanes w = exp2_lanes(load(scores + k * PANEL + h) - origin);
                sum += w;
                store(scores + k * PANEL + h, w);
            }
        } else {
            for (size_t k = 0; k < keys; k += 2) {
                lanes even = exp2_lanes(load(scores + k * PANEL + h) - origin);
                lanes odd = k + 1 < keys ? exp2_lanes(load(scores + (k + 1) * PANEL + h) - origin) : (lanes){0};
                sum += even + odd;
                // Round to nearest, ties away from zero; weights are positive and finite.
                words pair = (((words)even + 0x8000u) >> 16) | (((words)odd + 0x8000u) & 0xFFFF0000u);
                *(words *)(weights + k / 2 * PANEL + h) = pair;
            }
        }
        store(sums + h, sum);
    }
}

/// Normalises the outputs [value_size, PANEL] of a vector of queries by their sums of weights.
INLINE void divide_outputs(const ck_attention *a, const float *outputs, lanes sums, size_t count, float *result) {
    // The result is zero where all keys are masked out. NaN scores must propagate: their sum is NaN, not 0.
    lanes factor = (lanes)((words)(1.0f / sums) & (words)(sums != 0.0f));
    for (size_t c = 0; c < a->value_size; c += CK_LANES) {
        lanes r[CK_LANES];
        for (size_t j = 0; j < CK_LANES; j++)
            r[j] = c + j < a->value_size ? load(outputs + (c + j) * PANEL) * factor : (lanes){0};
        transpose(r);
        for (size_t q = 0; q < count; q++) store_some(result + q * a->result_stride + c, r[q], a->value_size - c);
    }
}

static void attend(const ck_attention *a) {
    attention_layout l = layout_of(a->size, a->value_size, a->grid);
    float *queries = a->scratch + l.queries, *outputs = a->scratch + l.outputs, *scores = a->scratch + l.scores;
    float *maxima = a->scratch + l.maxima, *sums = a->scratch + l.sums, *grid = a->scratch + l.grid;
    float *weights = a->precision == CK_FLOAT32 ? scores : a->scratch + l.weights;
    size_t panels = (a->query_count + PANEL - 1) / PANEL, size = (a->size + 1) & ~(size_t)1;
    size_t lines = a->precision == CK_FLOAT32 ? 1 : 2;
    int short_rows = keys_are_short(a->precision, a->size);
    size_t row = key_row_bytes(a->precision, a->size), part = key_part(a->precision);
    for (size_t i = 0; i < panels * PANEL; i++) {
        maxima[i] = -INFINITY;
        sums[i] = 0;
    }
    memset(outputs, 0, panels * a->value_size * PANEL * sizeof(float));
    for (size_t p = 0; p < panels; p++) {
        size_t first = p * PANEL, count = a->query_count - first < PANEL ? a->query_count - first : PANEL;
        pack_queries(a, first, count, queries + p * size * PANEL);
        if (a->grid_rows) {
            float *rows = grid + p * 2 * a->grid * PANEL, *columns = rows + a->grid * PANEL;
            pack_rows(a->grid_rows + first * a->grid, a->grid, count, a->grid, LOG2_E, rows);
            pack_rows(a->grid_columns + first * a->grid, a->grid, count, a->grid, LOG2_E, columns);
        }
    }
    for (size_t block = 0; block * CK_KEY_BLOCK < a->keys; block++) {
        size_t begin = block * CK_KEY_BLOCK, keys = keys_in_block(a->keys, block);
        for (size_t p = 0; p < panels; p++) {
            size_t first = p * PANEL, count = a->query_count - first < PANEL ? a->query_count - first : PANEL;
            for (size_t d = 0; d < a->size; d += part) {
                size_t k = a->size - d < part ? a->size - d : part;
                ck_block product = {
                    .precision = a->precision,
                    .rows = (const char *)a->key_rows + (d / part * a->keys + begin) * row,
                    .row_count = keys,
                    .k = k,
                    .short_rows = short_rows,
                    .panels = queries + p * size * PANEL + d / lines * PANEL,
                    .result = scores,
                    .result_stride = PANEL,
                    .columns = PANEL,
                    .accumulate = d > 0,
                };
                multiply(&product);
            }
            if (a->grid_rows) {
                const float *rows = grid + p * 2 * a->grid * PANEL, *columns = rows + a->grid * PANEL;
                add_grid(begin, keys, a->grid, rows, columns, scores);
            }
            if (a->bias) add_bias(a, first, count, begin, keys, scores);
            weigh(a, keys, scores, weights, maxima + first, sums + first, outputs + p * a->value_size * PANEL);
            ck_block product = {
                .precision = a->precision,
                .rows = (const char *)a->value_rows + block * a->value_size * CK_ROW_BYTES,
                .row_count = a->value_size,
                .k = keys,
                .panels = weights,
                .result = outputs + p * a->value_size * PANEL,
                .result_stride = PANEL,
                .columns = PANEL,
                .accumulate = 1,
            };
            multiply(&product);
        }
    }
    for (size_t first = 0; first < a->query_count; first += CK_LANES) {
        size_t count = a->query_count - first < CK_LANES ? a->query_count - first : CK_LANES;
        divide_outputs(a, outputs + first / PANEL * a->value_size * PANEL + first % PANEL, load(sums + first), count,
                       a->result + first * a->result_stride);
    }
    for (size_t q = 0; q < a->query_count && a->log_sums; q++)
        a->log_sums[q] = sums[q] == 0 ? INFINITY : (maxima[q] + log2f(sums[q])) * 0.6931471805599453f;
}
