// Selects the matmul kernels of a tier.
#include "ck_matmul.h"

extern const ck_matmul ck_matmul_table_scalar;
#if defined(__x86_64__)
extern const ck_matmul ck_matmul_table_avx2, ck_matmul_table_avx512, ck_matmul_table_avx512_bf16;
#endif

const ck_matmul *ck_matmul_for(ck_tier tier) {
#if defined(__x86_64__)
    if (tier == CK_TIER_AVX512_BF16) return &ck_matmul_table_avx512_bf16;
    if (tier == CK_TIER_AVX512) return &ck_matmul_table_avx512;
    if (tier == CK_TIER_AVX2) return &ck_matmul_table_avx2;
#endif
    (void)tier;
    return &ck_matmul_table_scalar;
}
