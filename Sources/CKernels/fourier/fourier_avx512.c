// The avx512 variant of the Fourier transforms.
#include <string.h>

#include "../ck_tier.h"
#include "ck_fourier.h"

#if defined(__x86_64__)
#define CK_TIER avx512
CK_TARGET_BEGIN_AVX512
#include "fourier-inl.h"
CK_TARGET_END
#endif
