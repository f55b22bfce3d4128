// Winograd's minimal filtering F(4×4, 3×3): 36 products where a direct convolution takes 144.
//
// Source: Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, section 4.3. Interpolation points
// 0, ±1, ±2 and infinity. A tile of 4 × 4 results takes 6 × 6 inputs; vectors run along channels.

/// One column of the input transform, Bᵀ d.
INLINE void input_line(const lanes d[6], lanes v[6]) {
#pragma clang fp contract(fast)
    lanes a = d[4] - 4.0f * d[2], b = d[3] - 4.0f * d[1], c = d[4] - d[2], e = 2.0f * (d[3] - d[1]);
    v[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
    v[1] = a + b;
    v[2] = a - b;
    v[3] = c + e;
    v[4] = c - e;
    v[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
}

/// One column of the weight transform, G g.
INLINE void weight_line(const lanes g[3], lanes u[6]) {
#pragma clang fp contract(fast)
    lanes outer = g[0] + g[2], far = g[0] + 4.0f * g[2];
    u[0] = g[0] * 0.25f;
    u[1] = (outer + g[1]) * (-1.0f / 6);
    u[2] = (outer - g[1]) * (-1.0f / 6);
    u[3] = (far + 2.0f * g[1]) * (1.0f / 24);
    u[4] = (far - 2.0f * g[1]) * (1.0f / 24);
    u[5] = g[2];
}

/// One column of the output transform, Aᵀ m.
INLINE void output_line(const lanes m[6], lanes y[4]) {
#pragma clang fp contract(fast)
    lanes near = m[1] + m[2], slope = m[1] - m[2], far = m[3] + m[4], steep = m[3] - m[4];
    y[0] = m[0] + near + far;
    y[1] = slope + 2.0f * steep;
    y[2] = near + 4.0f * far;
    y[3] = slope + 8.0f * steep + m[5];
}

/// Up to a vector of floats; what is missing is zero.
INLINE lanes load_some(const float *p, size_t n) {
    if (n >= CK_LANES) return load(p);
    lanes v = {0};
    memcpy(&v, p, n * sizeof(float));
    return v;
}

INLINE void store_some(float *p, lanes v, size_t n) {
    if (n >= CK_LANES)
        store(p, v);
    else
        memcpy(p, &v, n * sizeof(float));
}

/// Up to a vector of an image's channels from `c` on, normalised if `scale` is not null.
INLINE lanes load_pixel(const float *pixel, size_t c, size_t left, const float *scale, const float *shift, int silu) {
#pragma clang fp contract(fast)
    lanes v = load_some(pixel + c, left);
    if (!scale) return v;
    v = v * load_some(scale + c, left) + load_some(shift + c, left);
    return silu ? silu_lanes(v) : v;
}

/// Transforms tiles side by side, a vector of channels at a time: two of six columns are those of the tile before.
INLINE void input_strip(const float *const line[6], const ptrdiff_t *column, size_t count, size_t channels,
                        const float *scale, const float *shift, int silu, float *rows, size_t capacity) {
    const size_t row = CK_ROW_BYTES / sizeof(float), block = CK_WINOGRAD_POINTS * capacity * row;
    for (size_t c = 0; c < channels; c += CK_LANES) {
        size_t left = channels - c;
        float *out = rows + c / CK_INNER_FLOAT32 * block + c % CK_INNER_FLOAT32;
        lanes half[6][6];
        for (size_t k = 0; k < count; k++, out += row) {
            for (int i = 0; i < 6 && k > 0; i++) {
                half[i][0] = half[i][4];
                half[i][1] = half[i][5];
            }
            for (int j = k > 0 ? 2 : 0; j < 6; j++) {
                ptrdiff_t x = column[4 * k + (size_t)j];
                lanes d[6], v[6];
                for (int i = 0; i < 6; i++)
                    d[i] = line[i] && x >= 0
                               ? load_pixel(line[i] + (size_t)x * channels, c, left, scale, shift, silu)
                               : (lanes){0};
                input_line(d, v);
                for (int i = 0; i < 6; i++) half[i][j] = v[i];
            }
            for (int i = 0; i < 6; i++) {
                lanes v[6];
                input_line(half[i], v);
                for (int j = 0; j < 6; j++) store(out + (size_t)(6 * i + j) * capacity * row, v[j]);
            }
        }
    }
}

/// Tiles of a strip at most.
#define STRIP 16

static void winograd_input(const float *images, const ck_tiles *t, const ck_normalization *n, size_t channels,
                           size_t first, size_t count, float *rows, size_t capacity) {
    const size_t row = CK_ROW_BYTES / sizeof(float), wide = t->width >> t->doubled, high = t->height >> t->doubled;
    for (size_t k = 0; k < count;) {
        size_t index = first + k, x = index % t->across, y = index / t->across, image = y / t->down;
        size_t strip = t->across - x < count - k ? t->across - x : count - k;
        if (strip > STRIP) strip = STRIP;
        const float *line[6];
        ptrdiff_t column[4 * STRIP + 2];
        for (int i = 0; i < 6; i++) {
            ptrdiff_t source = border_source((ptrdiff_t)(4 * (y % t->down)) + i - 1, t->height, t->reflect);
            line[i] = source < 0 ? NULL : images + (image * high + ((size_t)source >> t->doubled)) * wide * channels;
        }
        for (size_t j = 0; j < 4 * strip + 2; j++) {
            ptrdiff_t source = border_source((ptrdiff_t)(4 * x + j) - 1, t->width, t->reflect);
            column[j] = source < 0 ? -1 : source >> t->doubled;
        }
        input_strip(line, column, strip, channels, n ? n->scale + image * channels : NULL,
                    n ? n->shift + image * channels : NULL, n ? n->silu : 0, rows + k * row, capacity);
        k += strip;
    }
}

static void winograd_weights(ck_precision precision, const void *panel, size_t channels, size_t begin, size_t end,
                             float *panels, size_t stride) {
    for (size_t c = begin; c < end; c++)
        for (size_t h = 0; h < PANEL; h += CK_LANES) {
            lanes half[3][6], column[3], u[6];
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
                weight_line(column, half[j]);
            }
            for (int i = 0; i < 6; i++) {
                lanes line[3] = {half[0][i], half[1][i], half[2][i]};
                weight_line(line, u);
                for (int j = 0; j < 6; j++)
                    store(panels + (size_t)(6 * i + j) * stride + (c - begin) * PANEL + h, u[j]);
            }
        }
}

static void winograd_output(const float *sums, size_t capacity, size_t sum_stride, const ck_tiles *t, size_t first,
                            size_t count, const ck_finish *f, float *result, size_t stride, size_t first_column,
                            size_t columns) {
    for (size_t k = 0; k < count; k++) {
        size_t index = first + k, x = index % t->across * 4, y = index / t->across;
        size_t image = y / t->down;
        y = y % t->down * 4;
        size_t high = t->height - y < 4 ? t->height - y : 4, wide = t->width - x < 4 ? t->width - x : 4;
        size_t corner = (image * t->height + y) * t->width + x;
        for (size_t c = 0; c < columns; c += CK_LANES) {
            size_t left = columns - c;
            lanes half[6][4];
            const float *m = sums + k * sum_stride + c;
            for (int i = 0; i < 6; i++) {
                lanes line[6];
                for (int j = 0; j < 6; j++) line[j] = load(m + (size_t)(6 * i + j) * capacity * sum_stride);
                output_line(line, half[i]);
            }
            for (size_t j = 0; j < wide; j++) {
                lanes line[6], out[4];
                for (int i = 0; i < 6; i++) line[i] = half[i][j];
                output_line(line, out);
                for (size_t i = 0; i < high; i++)
                    store_some(result + (corner + i * t->width + j) * stride + first_column + c, out[i], left);
            }
        }
        for (size_t i = 0; i < high; i++) {
            size_t row = corner + i * t->width;
            finish(f, result + row * stride + first_column, stride, wide, columns, row, first_column);
        }
    }
}
