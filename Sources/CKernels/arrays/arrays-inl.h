// The array kernels, written once and compiled per instruction set by `arrays_<tier>.c`.
#include "math-inl.h"
#include "elementwise-inl.h"
#include "reduce-inl.h"
#include "norm-inl.h"
#include "attention-inl.h"
#include "move-inl.h"
#include "window-inl.h"
#include "image-inl.h"
#include "adam-inl.h"

const ck_arrays CK_NAME(ck_arrays_table) = {
    .unary = unary,
    .unary_grad = unary_grad,
    .binary = binary,
    .affine = affine,
    .accumulate = accumulate,
    .clamp = clamp,
    .clamp_grad = clamp_grad,
    .fill = fill,
    .sum = sum,
    .dot = dot,
    .maximum = maximum,
    .sum_columns = sum_columns,
    .softmax = softmax,
    .softmax_grad = softmax_grad,
    .layer_norm = layer_norm,
    .layer_norm_grad = layer_norm_grad,
    .softmax_block = softmax_block,
    .softmax_finish = softmax_finish,
    .exp_rows = exp_rows,
    .score_grad = score_grad,
    .few_rows = few_rows,
    .column_moments = column_moments,
    .column_affine = column_affine,
    .column_affine_grad_moments = column_affine_grad_moments,
    .column_affine_grad = column_affine_grad,
    .copy_rows = copy_rows,
    .permute = permute,
    .sum_taps = sum_taps,
    .upsample = upsample,
    .upsample_grad = upsample_grad,
    .resize_bilinear = resize_bilinear,
    .resize_bilinear_grad = resize_bilinear_grad,
    .pool = pool,
    .adam = adam,
    .adam_sparse = adam_sparse,
};
