// libjpeg behind functions that return codes, so that its setjmp stays within C.
#include "cjpeg_shim.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// A progressive file may have any number of scans over the same pixels; real ones have about ten. The limit is higher
// for small images than for large ones, so that no file takes minutes.
#define SCAN_LIMIT 500
#define LEAST_SCAN_LIMIT 30
#define SCANNED_PIXEL_LIMIT (1u << 30)

typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf target;
    char *message;
} fault;

static void on_error(j_common_ptr info) {
    fault *where = (fault *)info->err;
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    snprintf(where->message, CJPEG_MESSAGE_SIZE, "%s", text);
    longjmp(where->target, 1);
}

// Warnings about missing image data are errors; other warnings are harmless.
static void on_message(j_common_ptr info, int level) {
    if (level >= 0) return;
    switch (info->err->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_TOO_MUCH_DATA:
        return;
    default:
        on_error(info);
    }
}

static void on_output(j_common_ptr info) { (void)info; }

static void fail(j_common_ptr info, const char *text) {
    fault *where = (fault *)info->err;
    snprintf(where->message, CJPEG_MESSAGE_SIZE, "%s", text);
    longjmp(where->target, 1);
}

static void on_progress(j_common_ptr info) {
    j_decompress_ptr picture = (j_decompress_ptr)info;
    size_t pixels = (size_t)picture->image_width * picture->image_height;
    size_t limit = SCANNED_PIXEL_LIMIT / (pixels ? pixels : 1);
    if (limit > SCAN_LIMIT) limit = SCAN_LIMIT;
    if (limit < LEAST_SCAN_LIMIT) limit = LEAST_SCAN_LIMIT;
    if ((size_t)picture->input_scan_number > limit) fail(info, "too many scans");
}

static void take_markers(j_decompress_ptr info, cjpeg_picture *picture) {
    for (jpeg_saved_marker_ptr marker = info->marker_list; marker; marker = marker->next) {
        if (marker->marker == JPEG_APP0 + 1 && !picture->exif && marker->data_length > 6
            && memcmp(marker->data, "Exif\0", 6) == 0) {
            picture->exif_size = marker->data_length - 6;
            picture->exif = malloc(picture->exif_size);
            if (!picture->exif) fail((j_common_ptr)info, "out of memory");
            memcpy(picture->exif, marker->data + 6, picture->exif_size);
        }
    }
    JOCTET *profile = NULL;
    unsigned int profile_size = 0;
    if (jpeg_read_icc_profile(info, &profile, &profile_size)) {
        picture->profile = profile;
        picture->profile_size = profile_size;
    }
}

int cjpeg_decode(const uint8_t *bytes, size_t size, uint64_t pixel_limit, cjpeg_picture *picture) {
    memset(picture, 0, sizeof *picture);
    struct jpeg_decompress_struct info;
    memset(&info, 0, sizeof info);
    struct jpeg_progress_mgr progress = {.progress_monitor = on_progress};
    fault where = {.message = picture->message};
    info.err = jpeg_std_error(&where.base);
    where.base.error_exit = on_error;
    where.base.emit_message = on_message;
    where.base.output_message = on_output;
    if (setjmp(where.target)) {
        jpeg_destroy_decompress(&info);
        return -1;
    }
    jpeg_create_decompress(&info);
    info.progress = &progress;
    jpeg_mem_src(&info, bytes, size);
    jpeg_save_markers(&info, JPEG_APP0 + 1, 0xFFFF);
    jpeg_save_markers(&info, JPEG_APP0 + 2, 0xFFFF);
    jpeg_read_header(&info, TRUE);
    if ((uint64_t)info.image_width * info.image_height > pixel_limit) {
        char text[CJPEG_MESSAGE_SIZE];
        snprintf(text, sizeof text, "%u x %u are too many pixels, more than %llu; scale the picture down first",
                 info.image_width, info.image_height, (unsigned long long)pixel_limit);
        fail((j_common_ptr)&info, text);
    }
    take_markers(&info, picture);
    if (info.saw_JFIF_marker) {
        picture->density_unit = info.density_unit;
        picture->density_x = info.X_density;
        picture->density_y = info.Y_density;
    }
    if (info.num_components == 4) {
        info.out_color_space = JCS_CMYK;
        picture->inverted = info.saw_Adobe_marker;
    } else if (info.jpeg_color_space == JCS_GRAYSCALE) {
        info.out_color_space = JCS_GRAYSCALE;
    } else {
        info.out_color_space = JCS_RGB;
    }
    jpeg_start_decompress(&info);
    picture->width = info.output_width;
    picture->height = info.output_height;
    picture->channels = info.output_components;
    size_t row_size = (size_t)info.output_width * info.output_components;
    picture->samples = malloc(row_size * info.output_height);
    if (!picture->samples) fail((j_common_ptr)&info, "out of memory");
    while (info.output_scanline < info.output_height) {
        JSAMPROW row = picture->samples + row_size * info.output_scanline;
        jpeg_read_scanlines(&info, &row, 1);
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    return 0;
}

void cjpeg_release(cjpeg_picture *picture) {
    free(picture->samples);
    free(picture->exif);
    free(picture->profile);
    memset(picture, 0, sizeof *picture);
}

int cjpeg_encode(uint32_t width, uint32_t height, int channels, const uint8_t *samples, int quality,
                 const cjpeg_extras *extras, cjpeg_file *file) {
    memset(file, 0, sizeof *file);
    struct jpeg_compress_struct info;
    memset(&info, 0, sizeof info);
    fault where = {.message = file->message};
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    info.err = jpeg_std_error(&where.base);
    where.base.error_exit = on_error;
    where.base.emit_message = on_message;
    where.base.output_message = on_output;
    if (setjmp(where.target)) {
        // The library may have replaced its buffer without notice: the old one is leaked rather than freed twice.
        jpeg_destroy_compress(&info);
        return -1;
    }
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &bytes, &size);
    info.image_width = width;
    info.image_height = height;
    info.input_components = channels;
    info.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    info.optimize_coding = TRUE;
    if (channels == 3 && quality >= 90) {
        info.comp_info[0].h_samp_factor = 1;
        info.comp_info[0].v_samp_factor = 1;
    }
    if (extras->per_inch_x > 0 && extras->per_inch_y > 0) {
        info.density_unit = 1;
        info.X_density = extras->per_inch_x;
        info.Y_density = extras->per_inch_y;
    }
    jpeg_start_compress(&info, TRUE);
    if (extras->exif && extras->exif_size > 0 && extras->exif_size <= 65527) {
        jpeg_write_m_header(&info, JPEG_APP0 + 1, (unsigned int)extras->exif_size + 6);
        for (size_t i = 0; i < 6; ++i) jpeg_write_m_byte(&info, (unsigned char)"Exif\0"[i]);
        for (size_t i = 0; i < extras->exif_size; ++i) jpeg_write_m_byte(&info, extras->exif[i]);
    }
    if (extras->profile && extras->profile_size > 0) {
        jpeg_write_icc_profile(&info, extras->profile, (unsigned int)extras->profile_size);
    }
    size_t row_size = (size_t)width * channels;
    while (info.next_scanline < info.image_height) {
        JSAMPROW row = (JSAMPROW)(samples + row_size * info.next_scanline);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    file->bytes = bytes;
    file->size = size;
    return 0;
}

void cjpeg_release_file(cjpeg_file *file) {
    free(file->bytes);
    memset(file, 0, sizeof *file);
}
