// Writing animated GIFs through giflib into memory.
#ifndef CGIF_SHIM_H
#define CGIF_SHIM_H

#include <stddef.h>
#include <stdint.h>

/// An animation being written; all frames share one palette, and the animation loops.
typedef struct cgif_writer cgif_writer;

/// Starts an animation. `palette` holds 3 * 2^bits bytes of RGB, `bits` is 1 to 8. Returns NULL if out of memory.
cgif_writer *cgif_begin(int width, int height, int bits, const uint8_t *palette);

/// Adds a frame of width * height palette indices, shown for `delay` hundredths of a second. `transparent` is the
/// index of transparent pixels or -1; a frame with transparent pixels replaces the previous one completely. Returns 0
/// or -1.
int cgif_add(cgif_writer *writer, const uint8_t *indices, int delay, int transparent);

/// Ends the animation and returns its bytes, to be freed by the caller; NULL on failure. Frees the writer.
uint8_t *cgif_end(cgif_writer *writer, size_t *size);

#endif
