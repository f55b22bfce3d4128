// Selects the Fourier kernels of a tier.
//
// Own code because channels-last lines let every butterfly run over channels at full vector width without a
// transposition. FFTW could be planned that way but is GPL; KISS FFT and pocketfft take one sequence at a time
// (pocketfft several in C++), so an image would have to be transposed to planes and back.
#include "ck_fourier.h"

extern const ck_fourier ck_fourier_table_scalar;
#if defined(__x86_64__)
extern const ck_fourier ck_fourier_table_avx2, ck_fourier_table_avx512;
#endif

const ck_fourier *ck_fourier_for(ck_tier tier) {
#if defined(__x86_64__)
    if (tier >= CK_TIER_AVX512) return &ck_fourier_table_avx512;
    if (tier == CK_TIER_AVX2) return &ck_fourier_table_avx2;
#endif
    (void)tier;
    return &ck_fourier_table_scalar;
}
