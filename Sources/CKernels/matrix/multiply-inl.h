// Products of gathered rows with packed panels: `TILE_ROWS` rows by one panel at a time, all sums in registers.

/// Asks for a cache line of the rows that the next tile will read, twice as fast as they will be read.
///
/// Winograd's rows come from the third-level cache; those of other products were gathered a moment ago.
INLINE void prefetch_next(const int rows, const size_t row_bytes, const char *a, size_t line) {
    if (rows == TILE_ROWS)
        __builtin_prefetch(a + (TILE_ROWS + line % TILE_ROWS) * row_bytes + line / TILE_ROWS * 64, 0, 3);
}

/// Sums of `rows` rows by a panel into `result`; `inner` counts lines of the panel.
INLINE void tile(const int rows, const size_t row_bytes, ck_precision precision, const char *restrict a, const float *restrict b, size_t inner,
                 float *restrict result, size_t stride, int accumulate) {
    lanes s[TILE_ROWS][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) s[r][0] = s[r][1] = (lanes){0};
    if (precision == CK_FLOAT32) {
        for (size_t i = 0; i < inner; i++) {
            prefetch_next(rows, row_bytes, a, i);
            lanes b0 = load(b + i * PANEL), b1 = load(b + i * PANEL + CK_LANES);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
#pragma clang fp contract(fast)
                lanes x = spread(*(const float *)(a + (size_t)r * row_bytes + i * 4));
                s[r][0] += x * b0;
                s[r][1] += x * b1;
            }
        }
    } else {
#if CK_BFLOAT_ROWS
        for (size_t i = 0; i < inner; i++) {
            __m512bh b0 = (__m512bh)load(b + i * PANEL), b1 = (__m512bh)load(b + i * PANEL + CK_LANES);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                __m512bh x = (__m512bh)_mm512_set1_epi32(*(const int *)(a + (size_t)r * row_bytes + i * 4));
                s[r][0] = (lanes)_mm512_dpbf16_ps((__m512)s[r][0], x, b0);
                s[r][1] = (lanes)_mm512_dpbf16_ps((__m512)s[r][1], x, b1);
            }
        }
#else
        for (size_t i = 0; i < inner; i++) {
            words w0 = *(const words *)(b + i * PANEL), w1 = *(const words *)(b + i * PANEL + CK_LANES);
#pragma clang loop unroll(full)
            for (int half = 0; half < 2; half++) {
                lanes b0 = half ? odd_half(w0) : even_half(w0), b1 = half ? odd_half(w1) : even_half(w1);
#pragma clang loop unroll(full)
                for (int r = 0; r < rows; r++) {
#pragma clang fp contract(fast)
                    lanes x = spread(*(const float *)(a + (size_t)r * row_bytes + (2 * i + (size_t)half) * 4));
                    s[r][0] += x * b0;
                    s[r][1] += x * b1;
                }
            }
        }
#endif
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        float *y = result + (size_t)r * stride;
        if (accumulate) {
            s[r][0] += load(y);
            s[r][1] += load(y + CK_LANES);
        }
        store(y, s[r][0]);
        store(y + CK_LANES, s[r][1]);
    }
}

/// `tile` with the number of rows as a constant, so that the sums stay in registers.
static void tile_of(size_t rows, int short_rows, ck_precision precision, const char *a, const float *b, size_t inner,
                    float *result, size_t stride, int accumulate) {
#define ROWS(n)                                                                                              \
    case n:                                                                                                  \
        if (short_rows && precision == CK_FLOAT32)                                                           \
            tile(n, CK_SHORT_ROW_BYTES, CK_FLOAT32, a, b, inner, result, stride, accumulate);                \
        else if (short_rows)                                                                                 \
            tile(n, CK_SHORT_ROW_BYTES, CK_BFLOAT16, a, b, inner, result, stride, accumulate);               \
        else if (precision == CK_FLOAT32)                                                                    \
            tile(n, CK_ROW_BYTES, CK_FLOAT32, a, b, inner, result, stride, accumulate);                      \
        else                                                                                                 \
            tile(n, CK_ROW_BYTES, CK_BFLOAT16, a, b, inner, result, stride, accumulate);                     \
        return;
    switch (rows) {
        ROWS(1)
        ROWS(2)
        ROWS(3)
        ROWS(4)
#if TILE_ROWS > 4
        ROWS(5)
        ROWS(6)
#endif
#if TILE_ROWS > 6
        ROWS(7)
        ROWS(8)
#endif
    }
#undef ROWS
}

/// Asks for the `part`-th of `parts` parts of a panel, into the second-level cache.
INLINE void prefetch_panel(const char *panel, size_t bytes, size_t part, size_t parts) {
    for (size_t i = part * bytes / parts / 64 * 64; i < (part + 1) * bytes / parts; i += 64)
        __builtin_prefetch(panel + i, 0, 2);
}

/// Asks for what some rows of a panel's width will be added to or overwrite, before their sums are computed.
INLINE void prefetch_results(const ck_block *k, const float *result, size_t begin, size_t rows, size_t column) {
    const ck_finish *f = k->finish;
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < PANEL; c += 64 / sizeof(float)) {
            __builtin_prefetch(result + r * k->result_stride + c, 1, 3);
            if (!f) continue;
            size_t row = k->first_row + begin + r, at = k->first_column + column + c;
            if (f->factor) __builtin_prefetch(f->factor + row * f->factor_stride + at, 0, 3);
            if (f->addend) __builtin_prefetch(f->addend + row * f->addend_stride + at, 0, 3);
        }
}

static void multiply(const ck_block *k) {
    // Lines of a panel: pairs of positions hold two.
    size_t lines = k->precision == CK_FLOAT32 ? k->inner : (k->inner + 1) / 2;
    size_t row_bytes = k->short_rows ? CK_SHORT_ROW_BYTES : CK_ROW_BYTES;
    // What is left over is shared out evenly, because tiles of few rows waste loads.
    size_t tiles = (k->row_count + TILE_ROWS - 1) / TILE_ROWS;
    for (size_t j = 0; j < k->columns; j += PANEL) {
        const float *panel = (const float *)((const char *)k->panels + j / PANEL * k->panel_stride);
        size_t columns = k->columns - j < PANEL ? k->columns - j : PANEL;
        for (size_t t = 0; t < tiles; t++) {
            // Weights come from memory: while one panel is in use, the next one is on its way.
            if (j + PANEL < k->columns)
                prefetch_panel((const char *)panel + k->panel_stride, lines * PANEL * sizeof(float), t, tiles);
            size_t begin = t * k->row_count / tiles, rows = (t + 1) * k->row_count / tiles - begin;
            const char *a = (const char *)k->rows + begin * row_bytes;
            float *result = k->result + begin * k->result_stride + j;
            prefetch_results(k, result, begin, rows, j);
            if (columns == PANEL) {
                tile_of(rows, k->short_rows, k->precision, a, panel, lines, result, k->result_stride, k->accumulate);
            } else {
                float whole[TILE_ROWS * PANEL];
                tile_of(rows, k->short_rows, k->precision, a, panel, lines, whole, PANEL, 0);
                for (size_t r = 0; r < rows; r++)
                    for (size_t c = 0; c < columns; c++) {
                        float *y = result + r * k->result_stride + c;
                        *y = whole[r * PANEL + c] + (k->accumulate ? *y : 0.0f);
                    }
            }
            if (k->finish)
                finish(k->finish, result, k->result_stride, rows, columns, k->first_row + begin, k->first_column + j);
        }
    }
}
