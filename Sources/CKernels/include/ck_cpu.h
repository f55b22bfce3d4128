// CPU tiers: the instruction-set variants of a kernel family.
#ifndef CK_CPU_H
#define CK_CPU_H

#ifdef __cplusplus
extern "C" {
#endif

/// Each tier includes the lower ones; a family without kernels of its own for a tier uses those of the next lower
/// one.
typedef enum ck_tier { CK_TIER_SCALAR = 0, CK_TIER_AVX2 = 1, CK_TIER_AVX512 = 2, CK_TIER_AVX512_BF16 = 3 } ck_tier;

/// The highest tier that the processor and the operating system support.
ck_tier ck_detected_tier(void);

#ifdef __cplusplus
}
#endif
#endif
