// Writing animated GIFs through giflib into memory.
#ifndef CGIF_SHIM_H
#define CGIF_SHIM_H

#include <stddef.h>
#include <stdint.h>

/// An animation being written; all frames share one palette and repeat for ever.
typedef struct cgif_writer cgif_writer;

/// Starts an animation. `palette` holds 3 * 2^bits bytes RGB, `bits` 1 to 8. Returns NULL when out of memory.
cgif_writer *cgif_begin(int width, int height, int bits, const uint8_t *palette);

/// Adds a frame of width * height palette indices, shown for `delay` hundredths of a second. `transparent` is the
/// index of clear pixels or -1; a frame with clear pixels replaces the whole one before it. Returns 0 or -1.
int cgif_add(cgif_writer *writer, const uint8_t *indices, int delay, int transparent);

/// Ends the animation and hands out its bytes, to be freed by the caller; NULL on failure. Frees the writer.
uint8_t *cgif_end(cgif_writer *writer, size_t *size);

#endif
