// libpng behind functions that return codes, so that its setjmp stays within C.
#include "cpng_shim.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    jmp_buf target;
    char *message;
} fault;

static void on_error(png_structp png, png_const_charp text) {
    fault *where = png_get_error_ptr(png);
    strncpy(where->message, text, CPNG_MESSAGE_SIZE - 1);
    longjmp(where->target, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

typedef struct {
    const uint8_t *next;
    size_t left;
} source;

static void on_read(png_structp png, png_bytep target, size_t count) {
    source *from = png_get_io_ptr(png);
    if (count > from->left) png_error(png, "the file is cut short");
    memcpy(target, from->next, count);
    from->next += count;
    from->left -= count;
}

static uint8_t *copy_of(const void *bytes, size_t size) {
    uint8_t *copy = size > 0 ? malloc(size) : NULL;
    if (copy) memcpy(copy, bytes, size);
    return copy;
}

// Chunks that may be before or after the pixels.
static void take_extras(png_structp png, png_infop info, cpng_picture *picture) {
    png_uint_32 exif_size = 0;
    png_bytep exif = NULL;
    if (!picture->exif && png_get_eXIf_1(png, info, &exif_size, &exif) && exif) {
        picture->exif = copy_of(exif, exif_size);
        picture->exif_size = picture->exif ? exif_size : 0;
    }
    png_charp name = NULL;
    int compression = 0;
    png_bytep profile = NULL;
    png_uint_32 profile_size = 0;
    if (!picture->profile && png_get_iCCP(png, info, &name, &compression, &profile, &profile_size) && profile) {
        picture->profile = copy_of(profile, profile_size);
        picture->profile_size = picture->profile ? profile_size : 0;
    }
    png_uint_32 x = 0, y = 0;
    int unit = PNG_RESOLUTION_UNKNOWN;
    if (png_get_pHYs(png, info, &x, &y, &unit) && unit == PNG_RESOLUTION_METER) {
        picture->per_metre_x = x;
        picture->per_metre_y = y;
    }
}

int cpng_decode(const uint8_t *bytes, size_t size, uint64_t pixel_limit, cpng_picture *picture) {
    memset(picture, 0, sizeof *picture);
    fault where = {.message = picture->message};
    source from = {bytes, size};
    png_infop info = NULL;
    png_bytep *volatile rows = NULL;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &where, on_error, on_warning);
    if (!png) {
        strcpy(picture->message, "libpng cannot start");
        return -1;
    }
    if (setjmp(where.target)) {
        free(rows);
        png_destroy_read_struct(&png, &info, NULL);
        return -1;
    }
    info = png_create_info_struct(png);
    if (!info) png_error(png, "out of memory");
    // The limit below is on pixels; the library's limit is on sides.
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_read_fn(png, &from, on_read);
    png_read_info(png, info);

    uint32_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    if ((uint64_t)width * height > pixel_limit) {
        char text[CPNG_MESSAGE_SIZE];
        snprintf(text, sizeof text, "%u x %u are too many pixels, more than %llu; scale the picture down first", width,
                 height, (unsigned long long)pixel_limit);
        png_error(png, text);
    }
    int kind = png_get_color_type(png, info);
    if (kind == PNG_COLOR_TYPE_PALETTE) {
        png_set_palette_to_rgb(png);
    } else if (kind == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) < 8) {
        png_set_expand_gray_1_2_4_to_8(png);
    }
    // Of a palette the opacities, of grey and RGB one colour that is clear.
    if (png_get_valid(png, info, PNG_INFO_tRNS)) png_set_tRNS_to_alpha(png);
    const uint16_t one = 1;
    if (png_get_bit_depth(png, info) == 16 && *(const uint8_t *)&one == 1) png_set_swap(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);

    picture->width = width;
    picture->height = height;
    picture->channels = png_get_channels(png, info);
    picture->sample_size = png_get_bit_depth(png, info) / 8;
    size_t row_size = png_get_rowbytes(png, info);
    if (row_size != (size_t)width * picture->channels * picture->sample_size) png_error(png, "unexpected row size");
    picture->samples = malloc(row_size * height);
    rows = malloc(height * sizeof *rows);
    if (!picture->samples || !rows) png_error(png, "out of memory");
    for (size_t y = 0; y < height; ++y) rows[y] = (png_bytep)picture->samples + y * row_size;
    png_read_image(png, rows);
    take_extras(png, info, picture);
    png_read_end(png, info);
    take_extras(png, info, picture);
    free(rows);
    png_destroy_read_struct(&png, &info, NULL);
    return 0;
}

void cpng_release(cpng_picture *picture) {
    free(picture->samples);
    free(picture->exif);
    free(picture->profile);
    memset(picture, 0, sizeof *picture);
}

static void on_write(png_structp png, png_bytep bytes, size_t count) {
    cpng_file *file = png_get_io_ptr(png);
    if (file->capacity - file->size < count) {
        size_t capacity = file->capacity * 2 + count;
        uint8_t *grown = realloc(file->bytes, capacity);
        if (!grown) png_error(png, "out of memory");
        file->bytes = grown;
        file->capacity = capacity;
    }
    memcpy(file->bytes + file->size, bytes, count);
    file->size += count;
}

static void on_flush(png_structp png) { (void)png; }

int cpng_encode(uint32_t width, uint32_t height, int channels, int sample_size, const void *samples,
                const cpng_extras *extras, cpng_file *file) {
    static const int kinds[5] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                 PNG_COLOR_TYPE_RGB_ALPHA};
    memset(file, 0, sizeof *file);
    fault where = {.message = file->message};
    png_infop info = NULL;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &where, on_error, on_warning);
    if (!png) {
        strcpy(file->message, "libpng cannot start");
        return -1;
    }
    if (setjmp(where.target)) {
        png_destroy_write_struct(&png, &info);
        return -1;
    }
    info = png_create_info_struct(png);
    if (!info) png_error(png, "out of memory");
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_write_fn(png, file, on_write, on_flush);
    // For photographs as small as the default of 6, in less than half the time.
    png_set_compression_level(png, 3);
    png_set_IHDR(png, info, width, height, sample_size * 8, kinds[channels], PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    // libpng omits a profile that it considers invalid, with a warning.
    png_set_benign_errors(png, 1);
    if (extras->profile && extras->profile_size > 0) {
        png_set_iCCP(png, info, "ICC profile", PNG_COMPRESSION_TYPE_BASE, extras->profile,
                     (png_uint_32)extras->profile_size);
    }
    if (extras->exif && extras->exif_size > 0) {
        png_set_eXIf_1(png, info, (png_uint_32)extras->exif_size, (png_bytep)extras->exif);
    }
    if (extras->per_metre_x > 0 && extras->per_metre_y > 0) {
        png_set_pHYs(png, info, extras->per_metre_x, extras->per_metre_y, PNG_RESOLUTION_METER);
    }
    png_write_info(png, info);
    const uint16_t one = 1;
    if (sample_size == 2 && *(const uint8_t *)&one == 1) png_set_swap(png);
    size_t row_size = (size_t)width * channels * sample_size;
    for (uint32_t y = 0; y < height; ++y) png_write_row(png, (const uint8_t *)samples + y * row_size);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return 0;
}

void cpng_release_file(cpng_file *file) {
    free(file->bytes);
    memset(file, 0, sizeof *file);
}
