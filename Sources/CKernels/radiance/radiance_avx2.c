// Radiance kernels for AVX2.
#include "radiance-table.h"
#if defined(__x86_64__)
#define CK_TIER avx2
CK_TARGET_BEGIN_AVX2
#include "radiance-inl.h"
CK_TARGET_END
#endif
