// Matmul of gathered rows by packed panels: `TILE_ROWS` rows by one panel at a time, all sums in registers.

/// Prefetches a cache line of the next tile's rows, at twice the rate at which they will be read.
///
/// Winograd's rows come from L3; those of other matmuls were gathered immediately before and are still in cache.
INLINE void prefetch_next(const int rows, const size_t row_bytes, const char *a, size_t line) {
    if (rows == TILE_ROWS)
        __builtin_prefetch(a + (TILE_ROWS + line % TILE_ROWS) * row_bytes + line / TILE_ROWS * 64, 0, 3);
}

/// Parameters of a tile other than its operands.
struct tile_work {
    /// Prefetched into L2, `step` bytes per line of the panel.
    const char *ahead;
    size_t step;
    /// Whether to add to partial sums already in the result.
    int accumulate;
    /// Applied to complete sums before they are stored if it `is_sum`, else null; position of the tile in the whole
    /// result.
    const ck_epilogue *epilogue;
    size_t row, column;
};

/// Stores the sums of a tile.
INLINE void store_tile(const int rows, lanes s[TILE_ROWS][2], float *restrict result, size_t stride,
                       const struct tile_work *work) {
    const ck_epilogue *f = work->epilogue;
    lanes bias[2] = {{0}, {0}}, floors[2];
    if (f) {
        if (f->bias) {
            bias[0] = load(f->bias + work->column);
            bias[1] = load(f->bias + work->column + CK_LANES);
        }
        floors[0] = floor_of(f->activation);
        floors[1] = floor_of(f->last);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int half = 0; half < 2; half++) {
            size_t column = (size_t)half * CK_LANES;
            float *y = result + (size_t)r * stride + column;
            lanes v = s[r][half];
            if (work->accumulate) v += load(y);
            if (f) v = sum_lanes(f, v, bias[half], floors, work->row + (size_t)r, work->column + column, CK_LANES);
            store(y, v);
        }
}

/// Multiplies `rows` rows by `lines` lines of a panel into `result`.
INLINE void tile(const int rows, const size_t row_bytes, ck_precision precision, const char *restrict a,
                 const float *restrict b, size_t lines, float *restrict result, size_t stride, const struct tile_work *work) {
    const char *ahead = work->ahead;
    const size_t step = work->step;
    lanes s[TILE_ROWS][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) s[r][0] = s[r][1] = (lanes){0};
    if (precision == CK_FLOAT32) {
        for (size_t i = 0; i < lines; i++) {
            prefetch_next(rows, row_bytes, a, i);
            __builtin_prefetch(ahead + i * step, 0, 2);
            lanes b0 = load(b + i * PANEL), b1 = load(b + i * PANEL + CK_LANES);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
#pragma clang fp contract(fast)
                lanes x = broadcast(*(const float *)(a + (size_t)r * row_bytes + i * 4));
                s[r][0] += x * b0;
                s[r][1] += x * b1;
            }
        }
    } else {
#if CK_BFLOAT_ROWS
        for (size_t i = 0; i < lines; i++) {
            __builtin_prefetch(ahead + i * step, 0, 2);
            __m512bh b0 = (__m512bh)load(b + i * PANEL), b1 = (__m512bh)load(b + i * PANEL + CK_LANES);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                __m512bh x = (__m512bh)_mm512_set1_epi32(*(const int *)(a + (size_t)r * row_bytes + i * 4));
                s[r][0] = (lanes)_mm512_dpbf16_ps((__m512)s[r][0], x, b0);
                s[r][1] = (lanes)_mm512_dpbf16_ps((__m512)s[r][1], x, b1);
            }
        }
#else
        for (size_t i = 0; i < lines; i++) {
            __builtin_prefetch(ahead + i * step, 0, 2);
            words w0 = *(const words *)(b + i * PANEL), w1 = *(const words *)(b + i * PANEL + CK_LANES);
#pragma clang loop unroll(full)
            for (int half = 0; half < 2; half++) {
                lanes b0 = half ? odd_half(w0) : even_half(w0), b1 = half ? odd_half(w1) : even_half(w1);
#pragma clang loop unroll(full)
                for (int r = 0; r < rows; r++) {
#pragma clang fp contract(fast)
                    lanes x = broadcast(*(const float *)(a + (size_t)r * row_bytes + (2 * i + (size_t)half) * 4));
                    s[r][0] += x * b0;
                    s[r][1] += x * b1;
                }
            }
        }
#endif
    }
    store_tile(rows, s, result, stride, work);
}

/// `tile` with a constant number of rows, so that the sums stay in registers.
static void tile_of(size_t rows, int short_rows, ck_precision precision, const char *a, const float *b, size_t lines,
                    float *result, size_t stride, const struct tile_work *work) {
#define ROWS(n)                                                                                              \
    case n:                                                                                                  \
        if (short_rows && precision == CK_FLOAT32)                                                           \
            tile(n, CK_SHORT_ROW_BYTES, CK_FLOAT32, a, b, lines, result, stride, work);                \
        else if (short_rows)                                                                                 \
            tile(n, CK_SHORT_ROW_BYTES, CK_BFLOAT16, a, b, lines, result, stride, work);               \
        else if (precision == CK_FLOAT32)                                                                    \
            tile(n, CK_ROW_BYTES, CK_FLOAT32, a, b, lines, result, stride, work);                      \
        else                                                                                                 \
            tile(n, CK_ROW_BYTES, CK_BFLOAT16, a, b, lines, result, stride, work);                     \
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

/// Prefetches the results and epilogue operands of some rows by a panel's columns before their sums are computed.
INLINE void prefetch_results(const ck_block *block, const float *result, size_t begin, size_t rows, size_t column) {
    const ck_epilogue *f = block->epilogue;
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < PANEL; c += 64 / sizeof(float)) {
            __builtin_prefetch(result + r * block->result_stride + c, 1, 3);
            if (!f) continue;
            size_t row = block->first_row + begin + r, at = block->first_column + column + c;
            if (f->factor) __builtin_prefetch(f->factor + row * f->factor_stride + at, 0, 3);
            if (f->addend) __builtin_prefetch(f->addend + row * f->addend_stride + at, 0, 3);
        }
}

static void multiply(const ck_block *block) {
    // Lines of a panel; a bfloat16 line holds two k positions.
    size_t lines = block->precision == CK_FLOAT32 ? block->k : (block->k + 1) / 2;
    const size_t line_bytes = PANEL * sizeof(float);
    size_t row_bytes = block->short_rows ? CK_SHORT_ROW_BYTES : CK_ROW_BYTES;
    // Rows are distributed evenly over the tiles, because tiles of few rows waste loads.
    size_t tiles = (block->row_count + TILE_ROWS - 1) / TILE_ROWS;
    const ck_epilogue *at_once = block->epilogue && is_sum(block->epilogue) ? block->epilogue : NULL;
    for (size_t j = 0; j < block->columns; j += PANEL) {
        const float *panel = (const float *)((const char *)block->panels + j / PANEL * block->panel_stride);
        size_t columns = block->columns - j < PANEL ? block->columns - j : PANEL;
        for (size_t t = 0; t < tiles; t++) {
            size_t begin = t * block->row_count / tiles, rows = (t + 1) * block->row_count / tiles - begin;
            const char *a = (const char *)block->rows + begin * row_bytes;
            float *result = block->result + begin * block->result_stride + j;
            struct tile_work work = {
                .ahead = (const char *)panel,
                .accumulate = block->accumulate,
                .row = block->first_row + begin,
                .column = block->first_column + j,
            };
            // Weights come from memory: a share of the next panel is prefetched with each tile of the present one.
            const char *next = j + PANEL < block->columns ? (const char *)panel + block->panel_stride : block->next;
            if (next) {
                work.ahead = next + t * lines / tiles * line_bytes;
                work.step = (line_bytes + tiles - 1) / tiles;
            }
            prefetch_results(block, result, begin, rows, j);
            if (columns == PANEL) {
                work.epilogue = at_once;
                tile_of(rows, block->short_rows, block->precision, a, panel, lines, result, block->result_stride, &work);
                if (at_once) continue;
            } else {
                float whole[TILE_ROWS * PANEL];
                work.accumulate = 0;
                tile_of(rows, block->short_rows, block->precision, a, panel, lines, whole, PANEL, &work);
                for (size_t r = 0; r < rows; r++)
                    for (size_t c = 0; c < columns; c++) {
                        float *y = result + r * block->result_stride + c;
                        *y = whole[r * PANEL + c] + (block->accumulate ? *y : 0.0f);
                    }
            }
            if (block->epilogue)
                apply_epilogue(block->epilogue, result, block->result_stride, rows, columns, work.row, work.column);
        }
    }
}
