// The matmul kernels: avx512.
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ck_matmul.h"
#include "../ck_tier.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define CK_TIER avx512
#define CK_LANES 16
#define TILE_ROWS 8
#define CK_BFLOAT_ROWS 0
CK_TARGET_BEGIN_AVX512
#include "matmul-inl.h"
CK_TARGET_END
#endif
