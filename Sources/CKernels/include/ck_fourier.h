// Fourier transforms of channels-last lines: every butterfly runs over channels, so no transposition is needed.
#ifndef CK_FOURIER_H
#define CK_FOURIER_H
#include <stddef.h>

#include "ck_cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Channels transformed at a time.
enum { CK_FOURIER_LANES = 16 };

/// Factorisation and twiddle factors for lines of `length`.
typedef struct ck_fourier_plan {
    size_t length;
    /// Factors of `length`, each 2, 4 or odd.
    size_t count;
    size_t factors[64];
    /// Twiddle factors: cos and -sin of 2 pi k / length for k < length, interleaved.
    const float *_Nullable twiddles;
} ck_fourier_plan;

/// Floats of scratch per line; scratch must be aligned to 64 bytes.
static inline size_t ck_fourier_scratch(size_t length) { return 3 * length * 2 * CK_FOURIER_LANES; }

/// The kernels of one CPU tier. A spectrum holds, per wave number, all real parts and then all imaginary parts.
typedef struct ck_fourier {
    /// x[length, channels] to spectrum[length / 2 + 1, 2 * channels]; wave numbers other than 0 and Nyquist are
    /// scaled by `interior`.
    void (*_Nonnull real)(const ck_fourier_plan *_Nonnull plan, const float *_Nonnull x, size_t channels, float scale,
                          float interior, float *_Nonnull spectrum, float *_Nonnull scratch);
    /// The inverse; imaginary parts at wave numbers 0 and Nyquist are ignored.
    void (*_Nonnull real_inverse)(const ck_fourier_plan *_Nonnull plan, const float *_Nonnull spectrum, size_t channels,
                                  float scale, float interior, float *_Nonnull x, float *_Nonnull scratch);
    /// In place over lines[k * stride + (0 ..< 2 * channels)], k < length; real parts first.
    void (*_Nonnull complex)(const ck_fourier_plan *_Nonnull plan, float *_Nonnull lines, size_t stride,
                             size_t channels, int inverse, float scale, float *_Nonnull scratch);
} ck_fourier;

/// The table of a tier, which must not exceed `ck_detected_tier()`.
const ck_fourier *_Nonnull ck_fourier_for(ck_tier tier);

#ifdef __cplusplus
}
#endif
#endif
