// Kernels over float32 arrays. All matrices are row-major; nothing here allocates or starts threads.
#ifndef CK_ARRAYS_H
#define CK_ARRAYS_H
#include <stddef.h>
#include <stdint.h>

#include "ck_cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ck_unary {
    CK_EXP, CK_SQRT, CK_SQUARE, CK_ABSOLUTE, CK_RECIPROCAL, CK_TANH, CK_SIGMOID, CK_RELU, CK_SILU, CK_GELU,
    CK_GELU_TANH, CK_GELU_QUICK
} ck_unary;

typedef enum ck_binary { CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE } ck_binary;

/// Geometry of a sliding window over one image; `out_width` is the number of window positions per row.
typedef struct ck_window {
    size_t height, width, channels;
    size_t kernel_height, kernel_width, stride;
    ptrdiff_t pad_top, pad_left;
    size_t out_width;
    /// Padding mode: 0 zeros, otherwise reflection about the outermost pixels.
    int reflect;
} ck_window;

/// A permuted copy: output dimensions and, for each, the stride in the input.
typedef struct ck_permutation {
    size_t rank;
    size_t dims[8];
    size_t strides[8];
} ck_permutation;

#define CK_F const float *_Nonnull
#define CK_FN const float *_Nullable
#define CK_O float *_Nonnull
#define CK_ON float *_Nullable
#define CK_D double *_Nonnull

/// The kernels of one CPU tier.
typedef struct ck_arrays {
    // Elementwise
    void (*_Nonnull unary)(ck_unary op, CK_F x, CK_O y, size_t n);
    /// dx = dy * f'(x); `y` is f(x).
    void (*_Nonnull unary_grad)(ck_unary op, CK_F x, CK_F y, CK_F dy, CK_O dx, size_t n);
    /// out[n0, n1]; inner strides `a1`, `b1` are 0 or 1.
    void (*_Nonnull binary)(ck_binary op, CK_F a, size_t a0, size_t a1, CK_F b, size_t b0, size_t b1, CK_O out,
                            size_t n0, size_t n1);
    /// y = x * scale + shift
    void (*_Nonnull affine)(CK_F x, CK_O y, size_t n, float scale, float shift);
    /// y += scale * x
    void (*_Nonnull accumulate)(CK_F x, CK_O y, size_t n, float scale);
    void (*_Nonnull clamp)(CK_F x, CK_O y, size_t n, float low, float high);
    /// dx = dy where low <= x <= high, else 0.
    void (*_Nonnull clamp_grad)(CK_F x, CK_F dy, CK_O dx, size_t n, float low, float high);
    void (*_Nonnull fill)(CK_O y, size_t n, float value);

    // Reductions: float lanes within short blocks, blocks summed in double
    double (*_Nonnull sum)(CK_F x, size_t n);
    double (*_Nonnull dot)(CK_F x, CK_F y, size_t n);
    /// -infinity for n = 0; NaN is not propagated.
    float (*_Nonnull maximum)(CK_F x, size_t n);
    /// y[cols] += column sums of x[rows, cols] with rows `stride` apart.
    void (*_Nonnull sum_columns)(CK_F x, size_t rows, size_t cols, size_t stride, CK_D y);

    // Rows
    void (*_Nonnull softmax)(CK_F x, CK_O y, size_t rows, size_t cols);
    /// dx = scale * y * (dy - sum(y * dy)); dx may be dy.
    void (*_Nonnull softmax_grad)(CK_F y, CK_F dy, CK_O dx, size_t rows, size_t cols, float scale);
    /// y = (x - mean) / sqrt(variance + epsilon) * scale + bias per row.
    void (*_Nonnull layer_norm)(CK_F x, CK_FN scale, CK_FN bias, CK_O y, size_t rows, size_t cols, float epsilon);
    /// dx (if given); dscale and dbias (if given) are summed over rows.
    void (*_Nonnull layer_norm_grad)(CK_F x, CK_FN scale, CK_F dy, CK_ON dx, double *_Nullable dscale,
                                     double *_Nullable dbias, size_t rows, size_t cols, float epsilon);

    // Attention over blocks of keys (online softmax)
    /// Scores become exp(score - running maximum); `out` [rows, width] is rescaled to the new maximum.
    void (*_Nonnull softmax_block)(CK_O scores, size_t rows, size_t cols, CK_O maxima, CK_O sums, CK_O out,
                                   size_t out_stride, size_t width);
    /// out /= sums; maxima become log-sum-exp.
    void (*_Nonnull softmax_finish)(CK_O maxima, CK_F sums, size_t rows, CK_O out, size_t out_stride, size_t width);
    void (*_Nonnull exp_rows)(CK_O scores, size_t rows, size_t cols, CK_F offsets);
    /// slopes = weights * (slopes - offsets)
    void (*_Nonnull score_grad)(CK_F weights, CK_O slopes, size_t rows, size_t cols, CK_F offsets);
    /// y[rows, n] = x[rows, k] w[n, k]^T + bias for columns begin..<end; for few rows.
    void (*_Nonnull few_rows)(CK_F x, size_t rows, CK_F w, size_t k, CK_FN bias, CK_O y, size_t n, size_t begin,
                              size_t end);

    // Per-channel affine maps over [rows, cols] (group norm)
    /// Adds the sums of (x - pivot) and (x - pivot)^2 per column.
    void (*_Nonnull column_moments)(CK_F x, CK_F pivot, size_t rows, size_t cols, CK_D sum, CK_D square);
    /// y = f(x * a + b), f = SiLU or identity.
    void (*_Nonnull column_affine)(CK_F x, CK_F a, CK_F b, CK_O y, size_t rows, size_t cols, int silu);
    /// With dz = dy * f'(x * a + b): adds the sums of dz and of dz * (x - mean) per column.
    void (*_Nonnull column_affine_grad_moments)(CK_F x, CK_F dy, CK_F a, CK_F b, CK_F mean, size_t rows, size_t cols,
                                                int silu, CK_D sum, CK_D product);
    /// dx = dz * p + x * q + r per column.
    void (*_Nonnull column_affine_grad)(CK_F x, CK_F dy, CK_F a, CK_F b, CK_F p, CK_F q, CK_F r, CK_O dx, size_t rows,
                                        size_t cols, int silu);

    // Movement
    void (*_Nonnull copy_rows)(CK_F x, size_t x_stride, CK_O y, size_t y_stride, size_t rows, size_t cols);
    /// Writes slices [begin, end) of the first output dimension (`begin`, `end` index dims[0]).
    void (*_Nonnull permute)(CK_F x, CK_O y, const ck_permutation *_Nonnull p, size_t begin, size_t end);
    /// Last step of a convolution computed as one matmul of every pixel by all taps; pixels outside contribute
    /// nothing. y[(oy - begin), ox, c] = sum over (ky, kx) of products[py, px, (ky, kx, c)], where (py, px) is the
    /// pixel under the tap. `w->channels` is the channel count of y.
    void (*_Nonnull sum_taps)(CK_F products, const ck_window *_Nonnull w, size_t begin, size_t end, CK_O y);
    /// y[h * f, w * f, c] = x[h, w, c] repeated, rows begin..<end of x.
    void (*_Nonnull upsample)(CK_F x, CK_O y, size_t width, size_t channels, size_t factor, size_t begin, size_t end);
    void (*_Nonnull upsample_grad)(CK_F dy, CK_O dx, size_t width, size_t channels, size_t factor, size_t begin,
                                   size_t end);
    /// Bilinear with half-pixel centres, rows begin..<end of the output.
    void (*_Nonnull resize_bilinear)(CK_F x, size_t height, size_t width, size_t channels, CK_O y, size_t out_height,
                                     size_t out_width, size_t begin, size_t end);
    /// Adjoint over a whole image; `dx` must be zero on entry.
    void (*_Nonnull resize_bilinear_grad)(CK_O dx, size_t height, size_t width, size_t channels, CK_F dy,
                                          size_t out_height, size_t out_width);
    /// Mean (or maximum) over size × size windows, without padding; rows begin..<end of the output.
    void (*_Nonnull pool)(CK_F x, CK_O y, size_t width, size_t channels, size_t size, size_t stride, size_t out_width,
                          int maximum, size_t begin, size_t end);

    // Optimisers
    /// One Adam step on parameters `p` with moments `m` and `v` and gradient `g`; `rate` includes the bias correction
    /// of the first moment, `correction2` = 1 / (1 - beta2^t) is that of the second.
    void (*_Nonnull adam)(CK_O p, CK_O m, CK_O v, CK_F g, size_t n, float rate, float beta1, float beta2, float epsilon,
                          float correction2);
    /// The same, except that blocks of 16 with an all-zero gradient keep parameters and moments; clears the gradient.
    void (*_Nonnull adam_sparse)(CK_O p, CK_O m, CK_O v, CK_O g, size_t n, float rate, float beta1, float beta2,
                                 float epsilon, float correction2);
} ck_arrays;

/// The table of a tier, which must not exceed `ck_detected_tier()`.
const ck_arrays *_Nonnull ck_arrays_for(ck_tier tier);

// Random numbers: one implementation, so that results do not depend on the machine.
/// `blocks` blocks of four words of Philox 4x32-10 with `key`, from `counter` on; `stream` is the upper half of the
/// counter.
void ck_philox(uint64_t key, uint64_t stream, uint64_t counter, uint32_t *_Nonnull out, size_t blocks);
/// Box-Muller: pairs of words to pairs of standard normals; n is even.
void ck_box_muller(const uint32_t *_Nonnull words, float *_Nonnull out, size_t n);

/// Processors available to this process; at least 1.
int ck_processor_count(void);

/// Spin-wait hint (`pause`).
static inline void ck_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

// Whether this thread is running a task of a parallel loop.
int ck_thread_is_worker(void);
void ck_thread_set_worker(int value);

#ifdef __cplusplus
}
#endif
#endif
