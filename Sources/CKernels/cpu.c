// CPU feature detection, compiled without instruction-set flags so that it runs on every processor.
#include "ck_cpu.h"

ck_tier ck_detected_tier(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma"))
        return __builtin_cpu_supports("avx512bf16") ? CK_TIER_AVX512_BF16 : CK_TIER_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return CK_TIER_AVX2;
#endif
    return CK_TIER_SCALAR;
}
