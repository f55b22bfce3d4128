// Sliding windows: sums of products over the taps of a kernel.

/// The source pixel of index `i` under reflection about the first and last of `n` pixels, repeated as needed.
static inline ptrdiff_t reflected(ptrdiff_t i, ptrdiff_t n) {
    if (i >= 0 && i < n) return i;
    if (n == 1) return 0;
    ptrdiff_t period = 2 * (n - 1);
    i %= period;
    if (i < 0) i += period;
    return i < n ? i : period - i;
}

static inline void add_short(float *y, const float *x, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] += x[i];
}

static void sum_taps(const float *products, const ck_window *w, size_t begin, size_t end, float *y) {
    size_t c = w->channels, patch = w->kernel_height * w->kernel_width * c;
    ptrdiff_t width = (ptrdiff_t)w->width, height = (ptrdiff_t)w->height;
    for (size_t oy = begin; oy < end; oy++, y += w->out_width * c) {
        memset(y, 0, w->out_width * c * sizeof(float));
        for (size_t ky = 0; ky < w->kernel_height; ky++) {
            ptrdiff_t py = (ptrdiff_t)(oy * w->stride + ky) - w->pad_top;
            if (w->reflect) py = reflected(py, height);
            if (py < 0 || py >= height) continue;
            const float *line = products + (size_t)py * w->width * patch;
            for (size_t ox = 0; ox < w->out_width; ox++)
                for (size_t kx = 0; kx < w->kernel_width; kx++) {
                    ptrdiff_t px = (ptrdiff_t)(ox * w->stride + kx) - w->pad_left;
                    if (w->reflect) px = reflected(px, width);
                    if (px < 0 || px >= width) continue;
                    add_short(y + ox * c, line + (size_t)px * patch + (ky * w->kernel_width + kx) * c, c);
                }
        }
    }
}
