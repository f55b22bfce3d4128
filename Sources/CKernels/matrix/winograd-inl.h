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

static void winograd_input(const float *images, const ck_tiles *t, size_t channels, size_t first, size_t count,
                           float *rows, size_t capacity) {
    const size_t row = CK_ROW_BYTES / sizeof(float), block = CK_WINOGRAD_POINTS * capacity * row;
    for (size_t k = 0; k < count; k++) {
        size_t index = first + k, x = index % t->across, y = index / t->across;
        const float *image = images + y / t->down * t->height * t->width * channels;
        y %= t->down;
        const float *pixel[6][6];
        for (int i = 0; i < 6; i++) {
            ptrdiff_t sy = border_source((ptrdiff_t)(4 * y) + i - 1, t->height, t->reflect);
            for (int j = 0; j < 6; j++) {
                ptrdiff_t sx = border_source((ptrdiff_t)(4 * x) + j - 1, t->width, t->reflect);
                pixel[i][j] = sy < 0 || sx < 0 ? NULL : image + ((size_t)sy * t->width + (size_t)sx) * channels;
            }
        }
        for (size_t c = 0; c < channels; c += CK_LANES) {
            size_t left = channels - c;
            lanes half[6][6];
            for (int j = 0; j < 6; j++) {
                lanes d[6], v[6];
                for (int i = 0; i < 6; i++)
                    d[i] = pixel[i][j] ? load_some(pixel[i][j] + c, left) : (lanes){0};
                input_line(d, v);
                for (int i = 0; i < 6; i++) half[i][j] = v[i];
            }
            float *out = rows + c / CK_INNER_FLOAT32 * block + k * row + c % CK_INNER_FLOAT32;
            for (int i = 0; i < 6; i++) {
                lanes v[6];
                input_line(half[i], v);
                for (int j = 0; j < 6; j++) store(out + (size_t)(6 * i + j) * capacity * row, v[j]);
            }
        }
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
