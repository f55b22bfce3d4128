// The avx2 variant of the array kernels.
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ck_arrays.h"
#include "../ck_tier.h"

#if defined(__x86_64__)
#define CK_TIER avx2
CK_TARGET_BEGIN_AVX2
#include "arrays-inl.h"
CK_TARGET_END
#endif
