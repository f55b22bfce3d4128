// Writing animated GIFs through giflib into memory.
#include "cgif_shim.h"

#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>

struct cgif_writer {
    GifFileType *gif;
    uint8_t *bytes;
    size_t size, capacity;
    int failed;
};

static int on_write(GifFileType *gif, const GifByteType *bytes, int count) {
    cgif_writer *writer = gif->UserData;
    if (writer->capacity - writer->size < (size_t)count) {
        size_t capacity = writer->capacity * 2 + (size_t)count + 4096;
        uint8_t *grown = realloc(writer->bytes, capacity);
        if (!grown) return 0;
        writer->bytes = grown;
        writer->capacity = capacity;
    }
    memcpy(writer->bytes + writer->size, bytes, (size_t)count);
    writer->size += (size_t)count;
    return count;
}

cgif_writer *cgif_begin(int width, int height, int bits, const uint8_t *palette) {
    cgif_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return NULL;
    int code = 0;
    writer->gif = EGifOpen(writer, on_write, &code);
    GifColorType colors[256];
    for (int i = 0; i < 1 << bits; ++i) {
        colors[i] = (GifColorType){palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]};
    }
    ColorMapObject *map = GifMakeMapObject(1 << bits, colors);
    if (!writer->gif || !map) {
        writer->failed = 1;
    } else {
        EGifSetGifVersion(writer->gif, true);
        // Loop count 0 of the Netscape extension means endless repetition.
        static const unsigned char loop[3] = {1, 0, 0};
        if (EGifPutScreenDesc(writer->gif, width, height, 8, 0, map) == GIF_ERROR
            || EGifPutExtensionLeader(writer->gif, APPLICATION_EXT_FUNC_CODE) == GIF_ERROR
            || EGifPutExtensionBlock(writer->gif, 11, "NETSCAPE2.0") == GIF_ERROR
            || EGifPutExtensionBlock(writer->gif, 3, loop) == GIF_ERROR
            || EGifPutExtensionTrailer(writer->gif) == GIF_ERROR) {
            writer->failed = 1;
        }
    }
    if (map) GifFreeMapObject(map);
    return writer;
}

int cgif_add(cgif_writer *writer, const uint8_t *indices, int delay, int transparent) {
    if (writer->failed) return -1;
    GifFileType *gif = writer->gif;
    GraphicsControlBlock control = {
        .DisposalMode = transparent >= 0 ? DISPOSE_BACKGROUND : DISPOSE_DO_NOT,
        .UserInputFlag = false,
        .DelayTime = delay,
        .TransparentColor = transparent >= 0 ? transparent : NO_TRANSPARENT_COLOR,
    };
    GifByteType extension[4];
    EGifGCBToExtension(&control, extension);
    const int width = gif->SWidth, height = gif->SHeight;
    writer->failed = EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, extension) == GIF_ERROR
        || EGifPutImageDesc(gif, 0, 0, width, height, false, NULL) == GIF_ERROR;
    for (int y = 0; y < height && !writer->failed; ++y) {
        // The library takes a mutable line but does not change it.
        writer->failed = EGifPutLine(gif, (GifPixelType *)(indices + (size_t)y * width), width) == GIF_ERROR;
    }
    return writer->failed ? -1 : 0;
}

uint8_t *cgif_end(cgif_writer *writer, size_t *size) {
    int code = 0;
    if (writer->gif && EGifCloseFile(writer->gif, &code) == GIF_ERROR) writer->failed = 1;
    uint8_t *bytes = writer->bytes;
    *size = writer->size;
    if (writer->failed) {
        free(bytes);
        bytes = NULL;
        *size = 0;
    }
    free(writer);
    return bytes;
}
