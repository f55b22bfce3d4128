// Radiance kernels for AVX512.
#include "radiance-table.h"
#if defined(__x86_64__)
#define CK_TIER avx512
CK_TARGET_BEGIN_AVX512
#include "radiance-inl.h"
CK_TARGET_END
#endif
