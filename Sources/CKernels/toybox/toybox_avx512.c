// The toybox kernels for the avx512 tier.
#if defined(__x86_64__)
#include "toybox.h"

#define CK_TIER avx512
CK_TARGET_BEGIN_AVX512
#include "toybox-inl.h"
CK_TARGET_END
#endif
