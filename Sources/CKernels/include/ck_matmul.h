// Matmul, convolution and Winograd convolution of activations by packed weights; attention.
//
// The left operand is gathered into blocks: rows of `CK_ROW_BYTES` bytes, each of up to `max_k` consecutive positions
// along k, the summed dimension. The right operand is packed into panels of `panel` columns: one line of `panel`
// numbers per k position. A bfloat16 line holds an even and an odd position, the even one in the low half of each
// 32-bit word.
// Sources: Goto & van de Geijn 2008 (blocking); Lavin & Gray 2016 (Winograd).
#ifndef CK_MATMUL_H
#define CK_MATMUL_H
#include <stddef.h>
#include <stdint.h>

#include "ck_arrays.h"
#include "ck_cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What the factors of a matmul are rounded to; sums are always float32.
typedef enum ck_precision { CK_FLOAT32 = 0, CK_BFLOAT16 = 1 } ck_precision;

/// Row pitch of gathered blocks in bytes: an odd number of cache lines, so that rows map to different cache sets.
#define CK_ROW_BYTES 1088
/// The same for short rows: heads of attention.
#define CK_SHORT_ROW_BYTES 320
/// k positions per gathered block of float32.
#define CK_K_BLOCK_FLOAT32 256

/// Applied to complete sums: y = last(activation(sum + bias) * factor + addend).
typedef struct ck_epilogue {
    /// One per column, or null.
    const float *_Nullable bias;
    /// Rows per bias vector; the vector of the next group is `bias_stride` further on. 0: one bias for all rows.
    size_t bias_rows, bias_stride;
    /// Each a `ck_unary`, or negative for none.
    int activation, last;
    /// Of the result's shape, or null.
    const float *_Nullable factor;
    const float *_Nullable addend;
    size_t factor_stride, addend_stride;
} ck_epilogue;

/// One block of a matmul.
typedef struct ck_block {
    ck_precision precision;
    /// Gathered rows, and the number of k positions in them.
    const void *_Nonnull rows;
    size_t row_count, k;
    /// Whether the row pitch is `CK_SHORT_ROW_BYTES` instead of `CK_ROW_BYTES`.
    int short_rows;
    /// The packed panels, from the block's first column and k position; bytes from panel to panel.
    const void *_Nonnull panels;
    size_t panel_stride;
    /// The panel that is read after the last one, for prefetching; null if not known.
    const void *_Nullable next;
    /// The result at the block's first row and column.
    float *_Nonnull result;
    size_t result_stride, columns;
    /// Whether to add to partial sums already in the result.
    int accumulate;
    /// Null unless this block completes the sums.
    const ck_epilogue *_Nullable epilogue;
    /// Position of the block in the whole result; the pointers of `epilogue` are those of the whole result.
    size_t first_row, first_column;
} ck_block;

/// Attention of some queries of one head over all keys: result = softmax(query keyᵀ * scale + bias) value.
///
/// Queries run along vector lanes and keys along rows, so no sum crosses lanes. Dao et al. 2022 (FlashAttention),
/// algorithm 1, with powers of 2.
typedef struct ck_attention {
    ck_precision precision;
    /// Numbers per key and per value.
    size_t size, value_size;
    size_t keys;
    /// Gathered by `attention_keys`, in blocks of `CK_KEY_BLOCK` keys.
    const void *_Nonnull key_rows;
    /// Gathered by `attention_values`, in blocks of `CK_KEY_BLOCK` keys.
    const void *_Nonnull value_rows;
    float scale;
    /// Queries, results and bias, from the first query of the block.
    const float *_Nonnull queries;
    size_t query_stride, query_count;
    float *_Nonnull result;
    size_t result_stride;
    /// Added to scores: bias[query * bias_query + key * bias_key], or null.
    const float *_Nullable bias;
    size_t bias_query, bias_key;
    /// Added to scores: rows[query * grid + key / grid] + columns[query * grid + key % grid], or null.
    const float *_Nullable grid_rows;
    const float *_Nullable grid_columns;
    /// Side of the grid; 0 without one.
    size_t grid;
    /// Log-sum-exp per query, for gradients, or null; infinity where all keys are masked out.
    float *_Nullable log_sums;
    /// Scratch of `attention_scratch` floats.
    float *_Nonnull scratch;
} ck_attention;

/// Keys whose scores are in memory at a time.
#define CK_KEY_BLOCK 256
/// Most queries per call, in panels.
#define CK_QUERY_PANELS 4

/// Square tiles of results, numbered row by row over all images.
typedef struct ck_tiles {
    /// Number of images and their extents; results have the same, since padding and stride are 1.
    size_t images, height, width;
    /// Tiles per row and column of an image.
    size_t across, down;
    /// Padding mode: 0 zeros, otherwise reflection.
    int reflect;
    /// 1 if the images are upsampled by 2 (nearest) on the fly, else 0.
    int doubled;
} ck_tiles;

/// Applied to inputs first: x * scale + shift, then SiLU if `silu` is not 0. Padding stays zero.
typedef struct ck_normalization {
    /// [images, channels] each.
    const float *_Nonnull scale;
    const float *_Nonnull shift;
    int silu;
} ck_normalization;

/// Winograd convolution with tiles of one size; a transformed tile has (tile + 2)² positions.
typedef struct ck_winograd {
    /// Results along a side of a tile.
    size_t tile;
    /// Transforms `count` tiles from `first` on. Position p of k block b is a gathered block of its own (float32), at
    /// (b * points + p) * point_stride.
    void (*_Nonnull input)(const float *_Nonnull images, const ck_tiles *_Nonnull tiles,
                                    const ck_normalization *_Nullable normalization, size_t channels,
                                    size_t first, size_t count, float *_Nonnull rows, size_t point_stride);
    /// Transforms channels [begin, end) of one packed panel of a 3 × 3 kernel into float32 panels, one per position,
    /// with one line per channel, `stride` floats apart.
    void (*_Nonnull weights)(ck_precision precision, const void *_Nonnull panel, size_t channels, size_t begin,
                                      size_t end, float *_Nonnull panels, size_t stride);
    /// Inverse transform of the sums of `count` tiles from `first` on, that of tile k at point p being at p *
    /// point_stride + k * sum_stride, into columns [first_column, first_column + columns) of results [.., stride].
    void (*_Nonnull output)(const float *_Nonnull sums, size_t point_stride, size_t sum_stride,
                                     const ck_tiles *_Nonnull tiles, size_t first, size_t count,
                                     const ck_epilogue *_Nonnull epilogue, float *_Nonnull result, size_t stride,
                                     size_t first_column, size_t columns);
} ck_winograd;

/// The kernels of one CPU tier.
typedef struct ck_matmul {
    /// Columns per panel.
    size_t panel;
    /// Rows multiplied at a time; blocks of whole multiples are fastest.
    size_t rows;
    /// Maximum number of k positions in a gathered row, by precision.
    size_t max_k[2];

    /// Packs columns [begin, end) of weights into one panel: k position t * channels + c of column j is read at t *
    /// tap_stride + c * channel_stride + j * column_stride. Columns from `end` on and an odd last position become
    /// zeros.
    void (*_Nonnull pack)(ck_precision precision, const float *_Nonnull weights, ptrdiff_t tap_stride, size_t taps,
                          size_t channel_stride, size_t channels, size_t column_stride, size_t begin, size_t end,
                          void *_Nonnull panel);
    /// The inverse of `pack`.
    void (*_Nonnull unpack)(ck_precision precision, const void *_Nonnull panel, ptrdiff_t tap_stride, size_t taps,
                            size_t channel_stride, size_t channels, size_t column_stride, size_t begin, size_t end,
                            float *_Nonnull weights);
    /// Gathers `k` positions of each of `count` rows with row stride `stride` in floats.
    void (*_Nonnull gather)(ck_precision precision, const float *_Nonnull x, size_t stride, size_t count, size_t k,
                            void *_Nonnull rows);
    /// im2col: gathers k positions [begin, end), in the order (kernel row, kernel column, channel), of the windows of
    /// `count` outputs from `first` on, numbered row by row over all images.
    void (*_Nonnull gather_window)(ck_precision precision, const float *_Nonnull images, const ck_window *_Nonnull window,
                                   size_t out_height, size_t first, size_t count, size_t begin, size_t end,
                                   void *_Nonnull rows);
    void (*_Nonnull multiply)(const ck_block *_Nonnull block);
    /// Applies `epilogue` to a whole block of sums.
    void (*_Nonnull epilogue)(const ck_epilogue *_Nonnull epilogue, float *_Nonnull result, size_t stride, size_t rows,
                            size_t columns, size_t first_row, size_t first_column);

    /// Bytes of all gathered keys (values) of a head.
    size_t (*_Nonnull attention_key_bytes)(ck_precision precision, size_t size, size_t keys);
    size_t (*_Nonnull attention_value_bytes)(size_t value_size, size_t keys);
    /// Gathers one block of at most `CK_KEY_BLOCK` keys (values) with row stride `stride` in floats; `block` counts
    /// from 0, the pointers are those of the first key of all.
    void (*_Nonnull attention_keys)(ck_precision precision, const float *_Nonnull x, size_t stride, size_t size,
                                    size_t keys, size_t block, void *_Nonnull rows);
    void (*_Nonnull attention_values)(ck_precision precision, const float *_Nonnull x, size_t stride, size_t size,
                                      size_t keys, size_t block, void *_Nonnull rows);
    /// Floats of scratch for heads of these sizes.
    size_t (*_Nonnull attention_scratch)(size_t size, size_t value_size, size_t grid);
    void (*_Nonnull attend)(const ck_attention *_Nonnull a);

    /// Tiles of 4 × 4 and of 6 × 6 results.
    const ck_winograd *_Nonnull winograd[2];
} ck_matmul;

/// The table of a tier, which must not exceed `ck_detected_tier()`.
const ck_matmul *_Nonnull ck_matmul_for(ck_tier tier);

#ifdef __cplusplus
}
#endif
#endif
