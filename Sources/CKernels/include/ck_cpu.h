// CPU tiers: which of the instruction-set variants of a kernel family may run on this machine.
#ifndef CK_CPU_H
#define CK_CPU_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ck_tier { CK_TIER_SCALAR = 0, CK_TIER_AVX2 = 1, CK_TIER_AVX512 = 2 } ck_tier;

/// The best tier that the processor and the operating system support.
ck_tier ck_detected_tier(void);

#ifdef __cplusplus
}
#endif
#endif
