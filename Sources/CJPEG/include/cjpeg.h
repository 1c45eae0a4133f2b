// libjpeg behind functions that return: its errors are longjmps, which must not cross Swift frames.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The version of libjpeg-turbo that this was built with: `2.1.5`.
const char *cjpeg_library_version(void);

/// Bytes that every `message` buffer must have room for.
#define CJPEG_MESSAGE_CAPACITY 256

/// The shape of the decoded pixels, as stored: no EXIF orientation applied.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// 1 gray, 3 RGB, 4 CMYK as the file holds it (most often inverted).
  uint32_t channels;
  /// Set when opening fails: whether the file is of a kind that is not decoded, and `message` names it.
  bool isUnsupported;
} cjpeg_header;

/// The part of an image that is decoded, in pixels of the image at 1/denominator of its size, sides rounded up.
typedef struct {
  /// 1, 2, 4 or 8.
  uint32_t denominator;
  uint32_t left;
  uint32_t top;
  uint32_t width;
  uint32_t height;
} cjpeg_window;

/// An image that is being decoded, row by row.
typedef struct cjpeg_decoder cjpeg_decoder;

/// Reads the header of the JPEG in `bytes`, which must outlive the decoder. NULL, and the reason in `message`, when it
/// has none. `pads` accepts an image whose data end early: what is missing is gray.
cjpeg_decoder *cjpeg_open(const uint8_t *bytes, size_t count, bool pads, cjpeg_header *header, char *message);

/// Prepares to decode a window. It comes back with its columns widened to whole blocks: rows are as wide as it says.
bool cjpeg_start(cjpeg_decoder *decoder, cjpeg_window *window, char *message);

/// Decodes the next `count` rows of the window, packed, one after the other.
bool cjpeg_read(cjpeg_decoder *decoder, uint8_t *rows, uint32_t count, char *message);

/// Reads what follows the last row, so that damage there is found. For windows that end with the image.
bool cjpeg_finish(cjpeg_decoder *decoder, char *message);

/// Ends decoding, wherever it is.
void cjpeg_close(cjpeg_decoder *decoder);

/// Encodes width·height·channels samples, 1 or 3 channels, into memory that the caller frees: baseline, `quality`
/// 1 to 100; `halves_chroma` stores colour at half the width and height (4:2:0).
bool cjpeg_encode(const uint8_t *pixels, const cjpeg_header *header, int quality, bool halves_chroma,
                  uint8_t **output, size_t *size, char *message);
