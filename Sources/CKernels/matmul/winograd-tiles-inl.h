// Code shared by all tile sizes; TILE and the 1D transforms must be defined before inclusion.

/// Transforms a strip of adjacent tiles, a vector of channels at a time; a tile reuses the last two columns of its
/// left neighbour.
INLINE void TILED(input_strip)(const float *const line[SIDE], const ptrdiff_t *column, size_t count, size_t channels,
                        const float *scale, const float *shift, int silu, float *rows, size_t point_stride) {
    const size_t row = CK_ROW_BYTES / sizeof(float), block = SIDE * SIDE * point_stride;
    for (size_t c = 0; c < channels; c += CK_LANES) {
        size_t left = channels - c;
        float *out = rows + c / CK_K_BLOCK_FLOAT32 * block + c % CK_K_BLOCK_FLOAT32;
        lanes half[SIDE][SIDE];
        for (size_t k = 0; k < count; k++, out += row) {
            for (int i = 0; i < SIDE && k > 0; i++) {
                half[i][0] = half[i][TILE];
                half[i][1] = half[i][TILE + 1];
            }
            // The pixels of the next tile, and its output rows, are prefetched: their stride is too large for the
            // hardware prefetcher.
            const ptrdiff_t *ahead = column + (k + 1 < count ? TILE * (k + 1) : 0);
            for (int j = k > 0 ? 2 : 0; j < SIDE; j++) {
                ptrdiff_t x = column[TILE * k + (size_t)j];
                size_t next = (size_t)(ahead[j] < 0 ? 0 : ahead[j]) * channels + c;
                lanes d[SIDE], v[SIDE];
                for (int i = 0; i < SIDE; i++) {
                    d[i] = line[i] && x >= 0
                               ? load_pixel(line[i] + (size_t)x * channels, c, left, scale, shift, silu)
                               : (lanes){0};
                    if (line[i]) __builtin_prefetch(line[i] + next, 0, 3);
                }
                TILED(input_line)(d, v);
                for (int i = 0; i < SIDE; i++) half[i][j] = v[i];
            }
            for (int i = 0; i < SIDE; i++) {
                lanes v[SIDE];
                TILED(input_line)(half[i], v);
                for (int j = 0; j < SIDE; j++) {
                    float *there = out + (size_t)(SIDE * i + j) * point_stride;
                    store(there, v[j]);
                    __builtin_prefetch(there + row, 1, 3);
                }
            }
        }
    }
}

static void TILED(winograd_input)(const float *images, const ck_tiles *t, const ck_normalization *n, size_t channels,
                           size_t first, size_t count, float *rows, size_t point_stride) {
    const size_t row = CK_ROW_BYTES / sizeof(float), wide = t->width >> t->doubled, high = t->height >> t->doubled;
    for (size_t k = 0; k < count;) {
        size_t index = first + k, x = index % t->across, y = index / t->across, image = y / t->down;
        size_t strip = t->across - x < count - k ? t->across - x : count - k;
        if (strip > STRIP) strip = STRIP;
        const float *line[SIDE];
        ptrdiff_t column[TILE * STRIP + 2];
        for (int i = 0; i < SIDE; i++) {
            ptrdiff_t source = border_source((ptrdiff_t)(TILE * (y % t->down)) + i - 1, t->height, t->reflect);
            line[i] = source < 0 ? NULL : images + (image * high + ((size_t)source >> t->doubled)) * wide * channels;
        }
        for (size_t j = 0; j < TILE * strip + 2; j++) {
            ptrdiff_t source = border_source((ptrdiff_t)(TILE * x + j) - 1, t->width, t->reflect);
            column[j] = source < 0 ? -1 : source >> t->doubled;
        }
        TILED(input_strip)(line, column, strip, channels, n ? n->scale + image * channels : NULL,
                    n ? n->shift + image * channels : NULL, n ? n->silu : 0, rows + k * row, point_stride);
        k += strip;
    }
}

static void TILED(winograd_weights)(ck_precision precision, const void *panel, size_t channels, size_t begin, size_t end,
                             float *panels, size_t stride) {
    for (size_t c = begin; c < end; c++)
        for (size_t h = 0; h < PANEL; h += CK_LANES) {
            lanes half[3][SIDE], column[3], u[SIDE];
            for (int j = 0; j < 3; j++) {
                for (int i = 0; i < 3; i++) {
                    size_t k = (size_t)(3 * i + j) * channels + c;
                    if (precision == CK_FLOAT32) {
                        column[i] = load((const float *)panel + k * PANEL + h);
                    } else {
                        words w = *(const words *)((const uint32_t *)panel + k / 2 * PANEL + h);
                        column[i] = k % 2 ? odd_half(w) : even_half(w);
                    }
                }
                TILED(weight_line)(column, half[j]);
            }
            for (int i = 0; i < SIDE; i++) {
                lanes line[3] = {half[0][i], half[1][i], half[2][i]};
                TILED(weight_line)(line, u);
                for (int j = 0; j < SIDE; j++)
                    store(panels + (size_t)(SIDE * i + j) * stride + (c - begin) * PANEL + h, u[j]);
            }
        }
}

static void TILED(winograd_output)(const float *sums, size_t point_stride, size_t sum_stride, const ck_tiles *t, size_t first,
                            size_t count, const ck_epilogue *f, float *result, size_t stride, size_t first_column,
                            size_t columns) {
    const int at_once = is_sum(f);
    const lanes floors[2] = {floor_of(f->activation), floor_of(f->last)};
    for (size_t k = 0; k < count; k++) {
        size_t index = first + k, x = index % t->across * TILE, y = index / t->across;
        size_t image = y / t->down;
        y = y % t->down * TILE;
        size_t high = t->height - y < TILE ? t->height - y : TILE, wide = t->width - x < TILE ? t->width - x : TILE;
        size_t corner = (image * t->height + y) * t->width + x;
        for (size_t c = 0; c < columns; c += CK_LANES) {
            size_t left = columns - c;
            lanes half[SIDE][TILE];
            const float *m = sums + k * sum_stride + c;
            lanes bias = at_once && f->bias ? load_some(f->bias + first_column + c, left) : (lanes){0};
            for (int i = 0; i < SIDE; i++) {
                lanes line[SIDE];
                for (int j = 0; j < SIDE; j++) line[j] = load(m + (size_t)(SIDE * i + j) * point_stride);
                TILED(output_line)(line, half[i]);
            }
            for (size_t j = 0; j < wide; j++) {
                lanes line[SIDE], out[TILE];
                for (int i = 0; i < SIDE; i++) line[i] = half[i][j];
                TILED(output_line)(line, out);
                for (size_t i = 0; i < high; i++) {
                    size_t row = corner + i * t->width + j, to = first_column + c;
                    lanes y = at_once ? sum_lanes(f, out[i], bias, floors, row, to, left) : out[i];
                    store_some(result + row * stride + to, y, left);
                    // The results and addends of the next tile are prefetched from memory.
                    __builtin_prefetch(result + (row + TILE) * stride + to, 1, 3);
                    if (f->addend) __builtin_prefetch(f->addend + (row + TILE) * f->addend_stride + to, 0, 3);
                }
            }
        }
        for (size_t i = 0; i < high && !at_once; i++) {
            size_t row = corner + i * t->width;
            apply_epilogue(f, result + row * stride + first_column, stride, wide, columns, row, first_column);
        }
    }
}

static const ck_winograd TILED(winograd_table) = {
    .tile = TILE,
    .input = TILED(winograd_input),
    .weights = TILED(winograd_weights),
    .output = TILED(winograd_output),
};
