// The matmul kernels: avx512_bf16.
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ck_matmul.h"
#include "../ck_tier.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define CK_TIER avx512_bf16
#define CK_LANES 16
#define TILE_ROWS 8
#define CK_BFLOAT_ROWS 1
CK_TARGET_BEGIN_AVX512_BF16
#include "matmul-inl.h"
CK_TARGET_END
#endif
