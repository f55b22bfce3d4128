// The compression function of SHA-256.
#ifndef CK_SHA256_H
#define CK_SHA256_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Updates the eight words of `state` by `blocks` blocks of 64 bytes.
void ck_sha256_compress(uint32_t *_Nonnull state, const uint8_t *_Nonnull bytes, size_t blocks);
/// The same without SHA instructions.
void ck_sha256_compress_scalar(uint32_t *_Nonnull state, const uint8_t *_Nonnull bytes, size_t blocks);

#ifdef __cplusplus
}
#endif
#endif
