// Products of activations with weights that were packed before: matrix products, convolutions, Winograd's.
//
// The left operand is gathered in blocks: rows of `CK_ROW_BYTES` bytes, each holding up to `max_k` consecutive k
// positions. The right operand lies in panels of `panel` columns: for every k position one line of `panel`
// numbers; a bfloat16 line holds an even and an odd position, the even one in the low half of each 32-bit word.
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

/// What the factors of a product are rounded to; sums are always float32.
typedef enum ck_precision { CK_FLOAT32 = 0, CK_BFLOAT16 = 1 } ck_precision;

/// Bytes from one gathered row to the next: odd in cache lines, so that rows spread over the sets of a cache.
#define CK_ROW_BYTES 1088
/// The same where rows are short: heads of attention.
#define CK_SHORT_ROW_BYTES 320
/// k positions per gathered block of float32.
#define CK_K_BLOCK_FLOAT32 256

/// What happens to a sum when it is complete: y = last(activation(sum + bias) * factor + addend).
typedef struct ck_epilogue {
    /// One per column, or null.
    const float *_Nullable bias;
    /// Rows that share a bias; the next such rows take theirs `bias_stride` further on. 0 for one bias for all rows.
    size_t bias_rows, bias_stride;
    /// A `ck_unary` each, or negative for none.
    int activation, last;
    /// Like the result, or null.
    const float *_Nullable factor;
    const float *_Nullable addend;
    size_t factor_stride, addend_stride;
} ck_epilogue;

/// One block of a product.
typedef struct ck_block {
    ck_precision precision;
    /// Gathered rows, and the k positions they hold.
    const void *_Nonnull rows;
    size_t row_count, k;
    /// Whether rows lie `CK_SHORT_ROW_BYTES` apart instead of `CK_ROW_BYTES`.
    int short_rows;
    /// The packed panels from the first column and k position of the block; bytes from panel to panel.
    const void *_Nonnull panels;
    size_t panel_stride;
    /// The panel that is read after the last one, or null where nobody knows.
    const void *_Nullable next;
    /// The result from the block's first row and column.
    float *_Nonnull result;
    size_t result_stride, columns;
    /// Whether the result holds a partial sum already.
    int accumulate;
    /// Null while the sum is not complete.
    const ck_epilogue *_Nullable epilogue;
    /// Where the block lies in the whole result; the pointers of `epilogue` are those of the whole.
    size_t first_row, first_column;
} ck_block;

/// Attention of some queries of one head to all keys: result = softmax(query keyᵀ * scale + bias) value.
///
/// Queries run along vectors and keys along rows, so that nothing is summed across a vector. Dao et al. 2022
/// (FlashAttention), algorithm 1, with exponents of 2.
typedef struct ck_attention {
    ck_precision precision;
    /// Numbers per key and per value.
    size_t size, value_size;
    size_t keys;
    /// Gathered by `attention_keys`: in blocks of `CK_KEY_BLOCK` keys.
    const void *_Nonnull key_rows;
    /// Gathered by `attention_values`: in blocks of `CK_KEY_BLOCK` keys.
    const void *_Nonnull value_rows;
    float scale;
    /// Queries, results and values of the bias from the first query of the block.
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
    /// Cells along a side of the grid; 0 without one.
    size_t grid;
    /// The logarithm of every query's sum of exponentials, for gradients, or null; infinity where no key counts.
    float *_Nullable log_sums;
    /// `attention_scratch` floats.
    float *_Nonnull scratch;
} ck_attention;

/// Keys whose scores are held at once.
#define CK_KEY_BLOCK 256
/// Most queries per call, in panels.
#define CK_QUERY_PANELS 4

/// Square tiles of results, counted row by row over all images.
typedef struct ck_tiles {
    /// Images, and their extents; results have the same, for padding 1 and stride 1.
    size_t images, height, width;
    /// Tiles per row and column of an image.
    size_t across, down;
    /// Outside the image: its reflection if not 0, else zeros.
    int reflect;
    /// 1 if the images are half as large and every pixel counts as four, else 0.
    int doubled;
} ck_tiles;

/// What is done to inputs before all else: x * scale + shift, then SiLU if `silu` is not 0. Padding stays zero.
typedef struct ck_normalization {
    /// [images, channels] each.
    const float *_Nonnull scale;
    const float *_Nonnull shift;
    int silu;
} ck_normalization;

/// Winograd's convolution with tiles of one size; a transformed tile has (tile + 2)² positions.
typedef struct ck_winograd {
    /// Results along a side.
    size_t tile;
    /// Transforms `count` tiles from `first` on. Position p of k block b is a gathered block of its own (float32), which
    /// begins at (b * points + p) * point_stride.
    void (*_Nonnull input)(const float *_Nonnull images, const ck_tiles *_Nonnull tiles,
                                    const ck_normalization *_Nullable normalization, size_t channels,
                                    size_t first, size_t count, float *_Nonnull rows, size_t point_stride);
    /// Transforms channels [begin, end) of one packed panel of a 3 × 3 kernel into float32 panels, one per position, of a line per
    /// channel, `stride` floats apart.
    void (*_Nonnull weights)(ck_precision precision, const void *_Nonnull panel, size_t channels, size_t begin,
                                      size_t end, float *_Nonnull panels, size_t stride);
    /// Turns the sums of `count` tiles from `first` on, that of tile k at point p being at p * point_stride + k * sum_stride, into
    /// results [.., stride], columns [first_column, first_column + columns) of them.
    void (*_Nonnull output)(const float *_Nonnull sums, size_t point_stride, size_t sum_stride,
                                     const ck_tiles *_Nonnull tiles, size_t first, size_t count,
                                     const ck_epilogue *_Nonnull epilogue, float *_Nonnull result, size_t stride,
                                     size_t first_column, size_t columns);
} ck_winograd;

/// One instruction-set variant of the family.
typedef struct ck_matmul {
    /// Columns per panel.
    size_t panel;
    /// Rows that are multiplied at a time; blocks of whole multiples are fastest.
    size_t rows;
    /// Most k positions of a gathered row, by precision.
    size_t max_k[2];

    /// Packs columns [begin, end) of weights into one panel: k position t * channels + c of column j is the number at
    /// t * tap_stride + c * channel_stride + j * column_stride. Columns from `end` on and an odd last position are zeros.
    void (*_Nonnull pack)(ck_precision precision, const float *_Nonnull weights, ptrdiff_t tap_stride, size_t taps,
                          size_t channel_stride, size_t channels, size_t column_stride, size_t begin, size_t end,
                          void *_Nonnull panel);
    /// The inverse of `pack`.
    void (*_Nonnull unpack)(ck_precision precision, const void *_Nonnull panel, ptrdiff_t tap_stride, size_t taps,
                            size_t channel_stride, size_t channels, size_t column_stride, size_t begin, size_t end,
                            float *_Nonnull weights);
    /// Gathers k positions of `count` rows that lie `stride` floats apart.
    void (*_Nonnull gather)(ck_precision precision, const float *_Nonnull x, size_t stride, size_t count, size_t k,
                            void *_Nonnull rows);
    /// Gathers k positions [begin, end), counted as (kernel row, kernel column, channel), of the windows of `count`
    /// outputs from `first` on, counted row by row over all images.
    void (*_Nonnull gather_window)(ck_precision precision, const float *_Nonnull images, const ck_window *_Nonnull window,
                                   size_t out_height, size_t first, size_t count, size_t begin, size_t end,
                                   void *_Nonnull rows);
    void (*_Nonnull multiply)(const ck_block *_Nonnull block);
    /// Applies `epilogue` to a whole block of sums.
    void (*_Nonnull epilogue)(const ck_epilogue *_Nonnull epilogue, float *_Nonnull result, size_t stride, size_t rows,
                            size_t columns, size_t first_row, size_t first_column);

    /// Bytes that all gathered keys (values) of a head take.
    size_t (*_Nonnull attention_key_bytes)(ck_precision precision, size_t size, size_t keys);
    size_t (*_Nonnull attention_value_bytes)(size_t value_size, size_t keys);
    /// Gathers one block of at most `CK_KEY_BLOCK` keys (values) that lie `stride` floats apart; `block` counts from 0, the
    /// pointers are those of the first key of all.
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

/// The table of a tier; the tier must not exceed `ck_detected_tier()`.
const ck_matmul *_Nonnull ck_matmul_for(ck_tier tier);

#ifdef __cplusplus
}
#endif
#endif
