// Selects the tier's table; also the functions without tiers: random numbers and the worker flag.
#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif
#include <math.h>
#include <unistd.h>

#include "ck_arrays.h"

extern const ck_arrays ck_arrays_table_scalar;
#if defined(__x86_64__)
extern const ck_arrays ck_arrays_table_avx2, ck_arrays_table_avx512;
#endif

const ck_arrays *ck_arrays_for(ck_tier tier) {
#if defined(__x86_64__)
    if (tier >= CK_TIER_AVX512) return &ck_arrays_table_avx512;
    if (tier == CK_TIER_AVX2) return &ck_arrays_table_avx2;
#endif
    (void)tier;
    return &ck_arrays_table_scalar;
}

int ck_processor_count(void) {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
#endif
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (int)n : 1;
}

static _Thread_local int is_worker = 0;
int ck_thread_is_worker(void) { return is_worker; }
void ck_thread_set_worker(int value) { is_worker = value; }

// Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011), section 3.3.
void ck_philox(uint64_t key, uint64_t stream, uint64_t counter, uint32_t *out, size_t blocks) {
    for (size_t i = 0; i < blocks; i++) {
        uint64_t n = counter + i;
        uint32_t c0 = (uint32_t)n, c1 = (uint32_t)(n >> 32), c2 = (uint32_t)stream, c3 = (uint32_t)(stream >> 32);
        uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
        for (int round = 0; round < 10; round++) {
            uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
            uint32_t d0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, d2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
            c1 = (uint32_t)p1;
            c3 = (uint32_t)p0;
            c0 = d0;
            c2 = d2;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        out[4 * i] = c0;
        out[4 * i + 1] = c1;
        out[4 * i + 2] = c2;
        out[4 * i + 3] = c3;
    }
}

void ck_box_muller(const uint32_t *words, float *out, size_t n) {
    for (size_t i = 0; i + 1 < n; i += 2) {
        // The first uniform lies in (0, 1], so that its logarithm is finite.
        double u = ((double)words[i] + 1.0) * 0x1p-32, angle = (double)words[i + 1] * 0x1p-32 * 6.283185307179586;
        double radius = sqrt(-2.0 * log(u));
        out[i] = (float)(radius * cos(angle));
        out[i + 1] = (float)(radius * sin(angle));
    }
}
