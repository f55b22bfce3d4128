// The product kernels, written once; compiled per instruction set by `matrix_<tier>.c`.
#include "../arrays/math-inl.h"
#include "lanes-inl.h"
#include "gather-inl.h"
#include "finish-inl.h"
#include "multiply-inl.h"
#include "attend-inl.h"
#include "winograd-inl.h"

const ck_matrix CK_NAME(ck_matrix_table) = {
    .panel = PANEL,
    .rows = TILE_ROWS,
    .inner = {CK_INNER_FLOAT32, CK_BFLOAT_ROWS ? 2 * CK_INNER_FLOAT32 : CK_INNER_FLOAT32},
    .pack = pack,
    .unpack = unpack,
    .gather = gather,
    .gather_window = gather_window,
    .multiply = multiply,
    .finish = finish,
    .attention_key_bytes = attention_key_bytes,
    .attention_value_bytes = attention_value_bytes,
    .attention_keys = attention_keys,
    .attention_values = attention_values,
    .attention_scratch = attention_scratch,
    .attend = attend,
    .winograd = {&winograd_table_4, &winograd_table_6},
};
