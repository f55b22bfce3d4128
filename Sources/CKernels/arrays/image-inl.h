// Resampling and pooling of channels-last images.

static void upsample(const float *x, float *y, size_t width, size_t channels, size_t factor, size_t begin,
                     size_t end) {
    size_t row = width * factor * channels;
    for (size_t r = begin; r < end; r++) {
        float *first = y + r * factor * row, *out = first;
        for (size_t c = 0; c < width; c++)
            for (size_t k = 0; k < factor; k++, out += channels)
                copy_short(out, x + (r * width + c) * channels, channels);
        for (size_t k = 1; k < factor; k++) memcpy(first + k * row, first, row * sizeof(float));
    }
}

static void upsample_grad(const float *dy, float *dx, size_t width, size_t channels, size_t factor, size_t begin,
                          size_t end) {
    size_t row = width * factor * channels;
    for (size_t r = begin; r < end; r++)
        for (size_t c = 0; c < width; c++) {
            float *out = dx + (r * width + c) * channels;
            for (size_t i = 0; i < channels; i++) out[i] = 0;
            for (size_t ky = 0; ky < factor; ky++)
                for (size_t kx = 0; kx < factor; kx++) {
                    const float *in = dy + (r * factor + ky) * row + (c * factor + kx) * channels;
                    for (size_t i = 0; i < channels; i++) out[i] += in[i];
                }
        }
}

typedef struct tap {
    size_t low, high;
    float weight;
} tap;

/// Source samples of output position `i` with half-pixel centres, clamped to the image.
static inline tap bilinear_tap(size_t i, size_t size, size_t out_size) {
    float scale = (float)size / (float)out_size;
    float position = m_max(((float)i + 0.5f) * scale - 0.5f, 0.0f);
    size_t low = (size_t)position;
    if (low >= size) low = size - 1;
    tap t = {low, low + 1 < size ? low + 1 : low, position - (float)low};
    return t;
}

#define RESIZE_STRETCH 1024

static void resize_bilinear(const float *x, size_t height, size_t width, size_t channels, float *y,
                            size_t out_height, size_t out_width, size_t begin, size_t end) {
    tap taps[RESIZE_STRETCH];
    // Blocks of columns outermost, so that their taps are computed once for all rows.
    for (size_t start = 0; start < out_width; start += RESIZE_STRETCH) {
        size_t stretch = out_width - start < RESIZE_STRETCH ? out_width - start : RESIZE_STRETCH;
        for (size_t k = 0; k < stretch; k++) taps[k] = bilinear_tap(start + k, width, out_width);
        for (size_t r = begin; r < end; r++) {
            tap v = bilinear_tap(r, height, out_height);
            const float *top = x + v.low * width * channels, *bottom = x + v.high * width * channels;
            for (size_t k = start; k < start + stretch; k++) {
                tap h = taps[k - start];
                const float *tl = top + h.low * channels, *tr = top + h.high * channels;
                const float *bl = bottom + h.low * channels, *br = bottom + h.high * channels;
                float *out = y + (r * out_width + k) * channels;
                for (size_t i = 0; i < channels; i++) {
                    float a = (1.0f - h.weight) * tl[i] + h.weight * tr[i];
                    float b = (1.0f - h.weight) * bl[i] + h.weight * br[i];
                    out[i] = (1.0f - v.weight) * a + v.weight * b;
                }
            }
        }
    }
}

static void resize_bilinear_grad(float *dx, size_t height, size_t width, size_t channels, const float *dy,
                                 size_t out_height, size_t out_width) {
    for (size_t r = 0; r < out_height; r++) {
        tap v = bilinear_tap(r, height, out_height);
        for (size_t k = 0; k < out_width; k++) {
            tap h = bilinear_tap(k, width, out_width);
            const float *in = dy + (r * out_width + k) * channels;
            float weights[4] = {(1.0f - v.weight) * (1.0f - h.weight), (1.0f - v.weight) * h.weight,
                                v.weight * (1.0f - h.weight), v.weight * h.weight};
            float *out[4] = {dx + (v.low * width + h.low) * channels, dx + (v.low * width + h.high) * channels,
                             dx + (v.high * width + h.low) * channels, dx + (v.high * width + h.high) * channels};
            for (int j = 0; j < 4; j++)
                for (size_t i = 0; i < channels; i++) out[j][i] += weights[j] * in[i];
        }
    }
}

static void pool(const float *x, float *y, size_t width, size_t channels, size_t size, size_t stride,
                 size_t out_width, int largest, size_t begin, size_t end) {
    float scale = 1.0f / (float)(size * size);
    for (size_t r = begin; r < end; r++)
        for (size_t k = 0; k < out_width; k++) {
            float *out = y + (r * out_width + k) * channels;
            for (size_t i = 0; i < channels; i++) out[i] = largest ? -INFINITY : 0.0f;
            for (size_t v = 0; v < size; v++)
                for (size_t h = 0; h < size; h++) {
                    const float *in = x + ((r * stride + v) * width + k * stride + h) * channels;
                    if (largest)
                        for (size_t i = 0; i < channels; i++) out[i] = m_max(out[i], in[i]);
                    else
                        for (size_t i = 0; i < channels; i++) out[i] += in[i];
                }
            if (!largest)
                for (size_t i = 0; i < channels; i++) out[i] *= scale;
        }
}
