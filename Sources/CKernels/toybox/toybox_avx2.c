// The toybox kernels for the avx2 tier.
#if defined(__x86_64__)
#include "toybox.h"

#define CK_TIER avx2
CK_TARGET_BEGIN_AVX2
#include "toybox-inl.h"
CK_TARGET_END
#endif
