// libjpeg behind two functions that return codes, so that its setjmp stays within C.
#ifndef CJPEG_SHIM_H
#define CJPEG_SHIM_H

#include <stddef.h>
#include <stdint.h>

#define CJPEG_MESSAGE_SIZE 200

/// A decoded image: rows from the top, 8-bit samples interleaved.
typedef struct {
    uint32_t width, height;
    int32_t channels; // 1 grey, 3 RGB, 4 CMYK
    int32_t inverted; // CMYK as Adobe stores it: 255 is no ink
    uint8_t *samples;
    uint8_t *exif; // TIFF block of the Exif segment, or NULL
    size_t exif_size;
    uint8_t *profile; // ICC profile, or NULL
    size_t profile_size;
    int32_t density_unit; // 0 none, 1 per inch, 2 per centimetre
    uint32_t density_x, density_y;
    char message[CJPEG_MESSAGE_SIZE]; // why decoding failed
} cjpeg_picture;

/// Decodes a whole JPEG, baseline or progressive. Damaged data is an error. Returns 0, or -1 with `message` set. Call
/// cjpeg_release in both cases.
int cjpeg_decode(const uint8_t *bytes, size_t size, uint64_t pixel_limit, cjpeg_picture *picture);

void cjpeg_release(cjpeg_picture *picture);

/// A JPEG file in memory.
typedef struct {
    uint8_t *bytes;
    size_t size;
    char message[CJPEG_MESSAGE_SIZE];
} cjpeg_file;

/// What is written beside the pixels: a profile and Exif data, or NULL; pixels per inch, or 0.
typedef struct {
    const uint8_t *profile;
    size_t profile_size;
    const uint8_t *exif; // TIFF block of at most 65527 bytes
    size_t exif_size;
    uint16_t per_inch_x, per_inch_y;
} cjpeg_extras;

/// Encodes 8-bit grey (1 channel) or RGB (3 channels) samples; chroma has full resolution from quality 90 up. Returns
/// 0, or -1 with `message` set. Free with cjpeg_release_file in both cases.
int cjpeg_encode(uint32_t width, uint32_t height, int channels, const uint8_t *samples, int quality,
                 const cjpeg_extras *extras, cjpeg_file *file);

void cjpeg_release_file(cjpeg_file *file);

#endif
