// The avx2 variant of the Fourier transforms.
#include <string.h>

#include "../ck_tier.h"
#include "ck_fourier.h"

#if defined(__x86_64__)
#define CK_TIER avx2
CK_TARGET_BEGIN_AVX2
#include "fourier-inl.h"
CK_TARGET_END
#endif
