// Fourier transforms of channels-last lines: every butterfly runs over channels, so no data are transposed.
#ifndef CK_FOURIER_H
#define CK_FOURIER_H
#include <stddef.h>

#include "ck_cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Channels that are transformed together.
enum { CK_FOURIER_LANES = 16 };

/// How a line of `length` is taken apart.
typedef struct ck_fourier_plan {
    size_t length;
    /// Factors of `length`, each 2, 4 or odd.
    size_t count;
    size_t factors[64];
    /// cos and -sin of 2 pi k / length for k < length, in pairs.
    const float *_Nullable turns;
} ck_fourier_plan;

/// Floats of scratch that a line needs; scratch must be aligned to 64 bytes.
static inline size_t ck_fourier_scratch(size_t length) { return 3 * length * 2 * CK_FOURIER_LANES; }

/// One instruction-set variant. A spectrum keeps, per wave number, all real parts and then all imaginary parts.
typedef struct ck_fourier {
    /// x[length, channels] to spectrum[length / 2 + 1, 2 * channels], wave numbers with a mirror times `interior`.
    void (*_Nonnull real)(const ck_fourier_plan *_Nonnull plan, const float *_Nonnull x, size_t channels, float scale,
                          float interior, float *_Nonnull spectrum, float *_Nonnull scratch);
    /// The way back; imaginary parts of wave numbers without a mirror count as zero.
    void (*_Nonnull real_inverse)(const ck_fourier_plan *_Nonnull plan, const float *_Nonnull spectrum, size_t channels,
                                  float scale, float interior, float *_Nonnull x, float *_Nonnull scratch);
    /// In place over lines[k * stride + (0 ..< 2 * channels)], k < length; real parts first.
    void (*_Nonnull complex)(const ck_fourier_plan *_Nonnull plan, float *_Nonnull lines, size_t stride,
                             size_t channels, int inverse, float scale, float *_Nonnull scratch);
} ck_fourier;

/// The table for a tier; a tier above `ck_detected_tier()` must not be asked for.
const ck_fourier *_Nonnull ck_fourier_for(ck_tier tier);

#ifdef __cplusplus
}
#endif
#endif
