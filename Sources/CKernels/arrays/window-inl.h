// Sliding windows: patches of images, and sums of products over the taps of a kernel.

/// The pixel that stands for `i` when an extent of `n` is reflected about its first and last pixel, again and again.
static inline ptrdiff_t reflected(ptrdiff_t i, ptrdiff_t n) {
    if (i >= 0 && i < n) return i;
    if (n == 1) return 0;
    ptrdiff_t period = 2 * (n - 1);
    i %= period;
    if (i < 0) i += period;
    return i < n ? i : period - i;
}

static void im2col(const float *x, const ck_window *w, size_t begin, size_t end, float *columns) {
    size_t c = w->channels, row = w->kernel_width * c;
    ptrdiff_t width = (ptrdiff_t)w->width, height = (ptrdiff_t)w->height;
    for (size_t oy = begin; oy < end; oy++)
        for (size_t ox = 0; ox < w->out_width; ox++) {
            ptrdiff_t y0 = (ptrdiff_t)(oy * w->stride) - w->pad_top, x0 = (ptrdiff_t)(ox * w->stride) - w->pad_left;
            ptrdiff_t from = x0 < 0 ? -x0 : 0, to = (ptrdiff_t)w->kernel_width;
            if (from > to) from = to;
            if (x0 + to > width) to = width - x0;
            if (to < from) to = from;
            for (size_t ky = 0; ky < w->kernel_height; ky++, columns += row) {
                ptrdiff_t y = y0 + (ptrdiff_t)ky;
                if (w->reflect) {
                    y = reflected(y, height);
                } else if (y < 0 || y >= height || from == to) {
                    memset(columns, 0, row * sizeof(float));
                    continue;
                }
                const float *line = x + y * width * (ptrdiff_t)c;
                // The taps of one kernel row are neighbours in memory: one copy between the clipped ends.
                copy_short(columns + (size_t)from * c, line + (x0 + from) * (ptrdiff_t)c, (size_t)(to - from) * c);
                if (w->reflect) {
                    for (ptrdiff_t k = 0; k < (ptrdiff_t)w->kernel_width; k++)
                        if (k < from || k >= to)
                            copy_short(columns + (size_t)k * c, line + reflected(x0 + k, width) * (ptrdiff_t)c, c);
                    continue;
                }
                if (from > 0) memset(columns, 0, (size_t)from * c * sizeof(float));
                size_t done = (size_t)to * c;
                if (done < row) memset(columns + done, 0, (row - done) * sizeof(float));
            }
        }
}

static void im2col_tap(const float *x, const ck_window *w, size_t ky, size_t kx, size_t begin, size_t end,
                       float *columns) {
    size_t c = w->channels;
    for (size_t oy = begin; oy < end; oy++) {
        ptrdiff_t y = (ptrdiff_t)(oy * w->stride + ky) - w->pad_top;
        if (w->reflect) y = reflected(y, (ptrdiff_t)w->height);
        for (size_t ox = 0; ox < w->out_width; ox++, columns += c) {
            ptrdiff_t px = (ptrdiff_t)(ox * w->stride + kx) - w->pad_left;
            if (w->reflect) px = reflected(px, (ptrdiff_t)w->width);
            if (y < 0 || y >= (ptrdiff_t)w->height || px < 0 || px >= (ptrdiff_t)w->width)
                memset(columns, 0, c * sizeof(float));
            else
                copy_short(columns, x + ((size_t)y * w->width + (size_t)px) * c, c);
        }
    }
}

static void im2col_adjoint(const float *dy, const ck_window *w, size_t begin, size_t end, float *columns) {
    size_t c = w->channels;
    ptrdiff_t s = (ptrdiff_t)w->stride;
    for (size_t y = begin; y < end; y++)
        for (size_t x = 0; x < w->out_width; x++)
            for (size_t ky = 0; ky < w->kernel_height; ky++) {
                ptrdiff_t ty = (ptrdiff_t)y + w->pad_top - (ptrdiff_t)ky;
                int row_ok = ty >= 0 && ty % s == 0 && ty / s < (ptrdiff_t)w->height;
                for (size_t kx = 0; kx < w->kernel_width; kx++, columns += c) {
                    ptrdiff_t tx = (ptrdiff_t)x + w->pad_left - (ptrdiff_t)kx;
                    if (row_ok && tx >= 0 && tx % s == 0 && tx / s < (ptrdiff_t)w->width)
                        copy_short(columns, dy + ((ty / s) * (ptrdiff_t)w->width + tx / s) * (ptrdiff_t)c, c);
                    else
                        memset(columns, 0, c * sizeof(float));
                }
            }
}

static inline void add_short(float *y, const float *x, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] += x[i];
}

static inline void start_sums(float *y, const float *bias, size_t pixels, size_t channels) {
    if (!bias) {
        memset(y, 0, pixels * channels * sizeof(float));
        return;
    }
    for (size_t p = 0; p < pixels; p++) memcpy(y + p * channels, bias, channels * sizeof(float));
}

static void sum_taps(const float *products, const ck_window *w, size_t first, size_t begin, size_t end,
                     const float *bias, float *y) {
    size_t c = w->channels, patch = w->kernel_height * w->kernel_width * c;
    ptrdiff_t width = (ptrdiff_t)w->width, height = (ptrdiff_t)w->height;
    for (size_t oy = begin; oy < end; oy++, y += w->out_width * c) {
        start_sums(y, bias, w->out_width, c);
        for (size_t ky = 0; ky < w->kernel_height; ky++) {
            ptrdiff_t py = (ptrdiff_t)(oy * w->stride + ky) - w->pad_top;
            if (w->reflect) py = reflected(py, height);
            if (py < 0 || py >= height) continue;
            const float *line = products + (size_t)(py - (ptrdiff_t)first) * w->width * patch;
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

static void sum_taps_adjoint(const float *products, const ck_window *w, size_t first, size_t begin, size_t end,
                             const float *bias, float *y) {
    size_t c = w->channels, patch = w->kernel_height * w->kernel_width * c;
    ptrdiff_t s = (ptrdiff_t)w->stride;
    for (size_t oy = begin; oy < end; oy++, y += w->out_width * c) {
        start_sums(y, bias, w->out_width, c);
        for (size_t ky = 0; ky < w->kernel_height; ky++) {
            ptrdiff_t ty = (ptrdiff_t)oy + w->pad_top - (ptrdiff_t)ky;
            if (ty < 0 || ty % s != 0 || ty / s >= (ptrdiff_t)w->height) continue;
            const float *line = products + (size_t)(ty / s - (ptrdiff_t)first) * w->width * patch;
            for (size_t kx = 0; kx < w->kernel_width; kx++) {
                // Results under this tap are `stride` apart; the first of them is over pixel 0 or later.
                ptrdiff_t ox = (ptrdiff_t)kx - w->pad_left, px = 0;
                if (ox < 0) {
                    px = (-ox + s - 1) / s;
                    ox += px * s;
                }
                const float *tap = line + (ky * w->kernel_width + kx) * c;
                for (; px < (ptrdiff_t)w->width && ox < (ptrdiff_t)w->out_width; px++, ox += s)
                    add_short(y + (size_t)ox * c, tap + (size_t)px * patch, c);
            }
        }
    }
}
