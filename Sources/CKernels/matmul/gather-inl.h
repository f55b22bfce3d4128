// Packing of weights into panels and gathering of rows.

/// Stores one number of a panel; layout in `ck_matmul.h`.
INLINE void store_number(ck_precision precision, void *panel, size_t position, size_t column, float value) {
    if (precision == CK_FLOAT32)
        ((float *)panel)[position * PANEL + column] = value;
    else
        ((uint16_t *)panel)[(position / 2 * PANEL + column) * 2 + position % 2] = (uint16_t)bfloat_bits(value);
}

INLINE float load_number(ck_precision precision, const void *panel, size_t position, size_t column) {
    if (precision == CK_FLOAT32) return ((const float *)panel)[position * PANEL + column];
    return bits_to_float((uint32_t)((const uint16_t *)panel)[(position / 2 * PANEL + column) * 2 + position % 2] << 16);
}

/// Channels packed at a time, so that both the reads along columns and the writes along lines stay in cache.
#define PACK_STEP 32

INLINE void pack_as(ck_precision precision, const float *weights, ptrdiff_t tap_stride, size_t taps,
                    size_t channel_stride, size_t channels, size_t column_stride, size_t begin, size_t end,
                    void *panel) {
    size_t k = taps * channels;
    for (size_t c0 = 0; c0 < channels; c0 += PACK_STEP) {
        size_t c1 = channels - c0 < PACK_STEP ? channels : c0 + PACK_STEP;
        for (size_t t = 0; t < taps; t++) {
            const float *tap = weights + (ptrdiff_t)t * tap_stride;
            for (size_t j = 0; j < PANEL; j++) {
                const float *column = tap + (begin + j) * column_stride;
                for (size_t c = c0; c < c1; c++)
                    store_number(precision, panel, t * channels + c, j,
                                 begin + j < end ? column[c * channel_stride] : 0.0f);
            }
        }
    }
    if (precision == CK_BFLOAT16 && k % 2)
        for (size_t j = 0; j < PANEL; j++) store_number(precision, panel, k, j, 0.0f);
}

static void pack(ck_precision precision, const float *weights, ptrdiff_t tap_stride, size_t taps, size_t channel_stride,
                 size_t channels, size_t column_stride, size_t begin, size_t end, void *panel) {
    if (precision == CK_FLOAT32)
        pack_as(CK_FLOAT32, weights, tap_stride, taps, channel_stride, channels, column_stride, begin, end, panel);
    else
        pack_as(CK_BFLOAT16, weights, tap_stride, taps, channel_stride, channels, column_stride, begin, end, panel);
}

static void unpack(ck_precision precision, const void *panel, ptrdiff_t tap_stride, size_t taps, size_t channel_stride,
                   size_t channels, size_t column_stride, size_t begin, size_t end, float *weights) {
    for (size_t t = 0; t < taps; t++)
        for (size_t c = 0; c < channels; c++)
            for (size_t j = begin; j < end; j++)
                weights[(ptrdiff_t)t * tap_stride + (ptrdiff_t)(c * channel_stride + j * column_stride)] =
                    load_number(precision, panel, t * channels + c, j - begin);
}

/// Copies `count` floats to position `at` of a gathered row; a null source writes zeros.
INLINE void gather_run(ck_precision precision, const float *x, size_t count, char *row, size_t at) {
    if (precision == CK_FLOAT32) {
        float *out = (float *)row + at;
        if (x)
            memcpy(out, x, count * sizeof(float));
        else
            memset(out, 0, count * sizeof(float));
        return;
    }
#if CK_BFLOAT_ROWS
    uint16_t *out = (uint16_t *)row + at;
    if (!x) {
        memset(out, 0, count * sizeof(uint16_t));
        return;
    }
    size_t i = 0;
    for (; i + 2 * CK_LANES <= count; i += 2 * CK_LANES) {
        __m512bh pair = _mm512_cvtne2ps_pbh((__m512)load(x + i + CK_LANES), (__m512)load(x + i));
        memcpy(out + i, &pair, sizeof pair);
    }
    for (; i < count; i++) out[i] = (uint16_t)bfloat_bits(x[i]);
#else
    // Without bfloat16 arithmetic the row holds float32 rounded to bfloat16.
    float *out = (float *)row + at;
    for (size_t i = 0; i < count; i++) out[i] = x ? bits_to_float(bfloat_bits(x[i]) << 16) : 0;
#endif
}

/// Pads an odd number of positions to a pair.
INLINE void gather_end(ck_precision precision, char *row, size_t count) {
    if (precision == CK_BFLOAT16 && count % 2) gather_run(precision, NULL, 1, row, count);
}

static void gather(ck_precision precision, const float *x, size_t stride, size_t count, size_t k, void *rows) {
    for (size_t r = 0; r < count; r++) {
        char *row = (char *)rows + r * CK_ROW_BYTES;
        gather_run(precision, x + r * stride, k, row, 0);
        gather_end(precision, row, k);
    }
}

/// Source index of position `i` of a padded extent, or -1 for zero; reflection as in PyTorch's `reflect`.
INLINE ptrdiff_t border_source(ptrdiff_t i, size_t count, int reflect) {
    ptrdiff_t n = (ptrdiff_t)count;
    if (i >= 0 && i < n) return i;
    if (!reflect) return -1;
    if (n == 1) return 0;
    ptrdiff_t period = 2 * (n - 1), phase = i % period;
    if (phase < 0) phase += period;
    return phase < n ? phase : period - phase;
}

static void gather_window(ck_precision precision, const float *images, const ck_window *w, size_t out_height,
                          size_t first, size_t count, size_t begin, size_t end, void *rows) {
    size_t image = w->height * w->width * w->channels, line = w->kernel_width * w->channels;
    for (size_t r = 0; r < count; r++) {
        size_t pixel = first + r, x = pixel % w->out_width, y = pixel / w->out_width;
        const float *source = images + y / out_height * image;
        y %= out_height;
        char *row = (char *)rows + r * CK_ROW_BYTES;
        ptrdiff_t left = (ptrdiff_t)(x * w->stride) - w->pad_left;
        for (size_t i = begin; i < end;) {
            size_t ky = i / line, kx = i % line / w->channels, c = i % w->channels, run = w->channels - c;
            ptrdiff_t sy = border_source((ptrdiff_t)(y * w->stride + ky) - w->pad_top, w->height, w->reflect);
            ptrdiff_t sx = border_source(left + (ptrdiff_t)kx, w->width, w->reflect);
            // Adjacent pixels are contiguous: a kernel row that lies inside the image is one run.
            if (left >= 0 && left + (ptrdiff_t)w->kernel_width <= (ptrdiff_t)w->width) run = line - i % line;
            if (run > end - i) run = end - i;
            const float *from =
                sy < 0 || sx < 0 ? NULL : source + ((size_t)sy * w->width + (size_t)sx) * w->channels + c;
            gather_run(precision, from, run, row, i - begin);
            i += run;
        }
        gather_end(precision, row, end - begin);
    }
}
