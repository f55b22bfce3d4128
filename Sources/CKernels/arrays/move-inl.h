// Copies: strided rows, permuted dimensions.

static void copy_rows(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t cols) {
    if (x_stride == cols && y_stride == cols) {
        memcpy(y, x, rows * cols * sizeof(float));
    } else if (cols >= 32) {
        for (size_t r = 0; r < rows; r++) memcpy(y + r * y_stride, x + r * x_stride, cols * sizeof(float));
    } else {
        for (size_t r = 0; r < rows; r++)
            for (size_t i = 0; i < cols; i++) y[r * y_stride + i] = x[r * x_stride + i];
    }
}

#define TILE 16

/// y[j * y_stride + i] = x[i * x_stride + j] for i < rows, j < cols.
static void transpose(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t cols) {
    for (size_t i = 0; i < rows; i += TILE)
        for (size_t j = 0; j < cols; j += TILE) {
            size_t h = rows - i < TILE ? rows - i : TILE, w = cols - j < TILE ? cols - j : TILE;
            const float *px = x + i * x_stride + j;
            float *py = y + j * y_stride + i;
            if (h == TILE && w == TILE) {
                float block[TILE][TILE];
                for (int k = 0; k < TILE; k++)
                    for (int l = 0; l < TILE; l++) block[k][l] = px[k * x_stride + l];
                for (int l = 0; l < TILE; l++)
                    for (int k = 0; k < TILE; k++) py[l * y_stride + k] = block[k][l];
            } else {
                for (size_t l = 0; l < w; l++)
                    for (size_t k = 0; k < h; k++) py[l * y_stride + k] = px[k * x_stride + l];
            }
        }
}

static void permute_from(const float *x, float *y, const ck_permutation *p, const size_t *out_strides, size_t axis,
                         size_t unit, size_t begin, size_t end) {
    size_t last = p->rank - 1;
    if (axis == last) {
        if (unit == last)
            memcpy(y + begin, x + begin, (end - begin) * sizeof(float));
        else if (unit < last)
            // Source rows run along `unit`: one 2D transposition.
            transpose(x + begin * p->strides[last], p->strides[last], y + begin, out_strides[unit], end - begin,
                      p->dims[unit]);
        else
            for (size_t i = begin; i < end; i++) y[i] = x[i * p->strides[last]];
        return;
    }
    if (axis + 1 == last && unit == last) {
        copy_rows(x + begin * p->strides[axis], p->strides[axis], y + begin * out_strides[axis], out_strides[axis],
                  end - begin, p->dims[last]);
        return;
    }
    if (axis == unit && unit != last) {
        // This axis is handled by the planes below, except for the requested slice of the first axis.
        permute_from(x, y, p, out_strides, axis + 1, unit, 0, p->dims[axis + 1]);
        return;
    }
    for (size_t i = begin; i < end; i++)
        permute_from(x + i * p->strides[axis], y + i * out_strides[axis], p, out_strides, axis + 1, unit, 0,
                     p->dims[axis + 1]);
}

static void permute(const float *x, float *y, const ck_permutation *p, size_t begin, size_t end) {
    size_t out_strides[8], n = 1, unit = p->rank;
    for (size_t k = p->rank; k-- > 0;) {
        out_strides[k] = n;
        n *= p->dims[k];
        if (p->strides[k] == 1 && unit == p->rank) unit = k;
    }
    if (unit == 0 && p->rank > 1) {
        // The first output axis is contiguous in the source: restrict the planes to the slice.
        ck_permutation q = *p;
        q.dims[0] = end - begin;
        permute_from(x + begin, y + begin * out_strides[0], &q, out_strides, 0, 0, 0, q.dims[0]);
        return;
    }
    permute_from(x, y, p, out_strides, 0, unit, begin, end);
}

static inline void copy_short(float *y, const float *x, size_t n) {
    if (n >= 64)
        memcpy(y, x, n * sizeof(float));
    else
        for (size_t i = 0; i < n; i++) y[i] = x[i];
}
