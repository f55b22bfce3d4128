// The matmul kernels, written once and compiled per instruction set by `matmul_<tier>.c`.
#include "../arrays/math-inl.h"
#include "lanes-inl.h"
#include "gather-inl.h"
#include "epilogue-inl.h"
#include "multiply-inl.h"
#include "attend-inl.h"
#include "winograd-inl.h"

const ck_matmul CK_NAME(ck_matmul_table) = {
    .panel = PANEL,
    .rows = TILE_ROWS,
    .max_k = {CK_K_BLOCK_FLOAT32, CK_BFLOAT_ROWS ? 2 * CK_K_BLOCK_FLOAT32 : CK_K_BLOCK_FLOAT32},
    .pack = pack,
    .unpack = unpack,
    .gather = gather,
    .gather_window = gather_window,
    .multiply = multiply,
    .epilogue = apply_epilogue,
    .attention_key_bytes = attention_key_bytes,
    .attention_value_bytes = attention_value_bytes,
    .attention_keys = attention_keys,
    .attention_values = attention_values,
    .attention_scratch = attention_scratch,
    .attend = attend,
    .winograd = {&winograd_table_4, &winograd_table_6},
};
