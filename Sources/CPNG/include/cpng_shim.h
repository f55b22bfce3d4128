// libpng behind two functions that return codes, so that its setjmp stays within C.
//
// The library's simplified interface converts colours by the file's gamma and has no control over 16-bit samples or
// colour keys, so the full interface is used.
#ifndef CPNG_SHIM_H
#define CPNG_SHIM_H

#include <stddef.h>
#include <stdint.h>

#define CPNG_MESSAGE_SIZE 160

/// A decoded image: rows from the top, samples interleaved, 16-bit samples in native byte order.
typedef struct {
    uint32_t width, height;
    int32_t channels;    // 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA
    int32_t sample_size; // bytes: 1 or 2
    void *samples;       // width * height * channels * sample_size bytes
    uint8_t *exif;       // content of the eXIf chunk, or NULL
    size_t exif_size;
    uint8_t *profile; // ICC profile, or NULL
    size_t profile_size;
    uint32_t per_metre_x, per_metre_y; // pixels per metre, or 0
    char message[CPNG_MESSAGE_SIZE]; // why decoding failed
} cpng_picture;

/// Decodes a whole PNG. Palettes and fewer than 8 bits are expanded; transparency of a palette and colour
/// keys of grey and RGB files become alpha; gamma and profile do not change the samples.
/// Returns 0, or -1 with `message` set. Call cpng_release in both cases.
int cpng_decode(const uint8_t *bytes, size_t size, uint64_t pixel_limit, cpng_picture *picture);

void cpng_release(cpng_picture *picture);

/// A PNG file in memory.
typedef struct {
    uint8_t *bytes;
    size_t size, capacity;
    char message[CPNG_MESSAGE_SIZE];
} cpng_file;

/// What is written beside the pixels: a profile and Exif data, or NULL; pixels per metre, or 0.
typedef struct {
    const uint8_t *profile;
    size_t profile_size;
    const uint8_t *exif;
    size_t exif_size;
    uint32_t per_metre_x, per_metre_y;
} cpng_extras;

/// Encodes rows of 8-bit samples, or 16-bit samples in native byte order. Returns 0, or -1
/// with `message` set. Free `bytes` with cpng_release_file in both cases.
int cpng_encode(uint32_t width, uint32_t height, int channels, int sample_size, const void *samples,
                const cpng_extras *extras, cpng_file *file);

void cpng_release_file(cpng_file *file);

#endif
