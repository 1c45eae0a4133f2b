// libpng behind functions that return: its errors are longjmps, which must not cross Swift frames.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The version of libpng: `1.6.39`.
const char *cpng_library_version(void);

/// Bytes that every `message` buffer must have room for.
#define CPNG_MESSAGE_CAPACITY 256

/// The shape of the decoded pixels.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
  uint32_t channels;
  /// Bytes a sample: 1, or 2 in the machine's order.
  uint32_t depth;
  /// Whether rows come in several passes over the whole image.
  bool isInterlaced;
} cpng_header;

/// An image that is being decoded, row by row.
typedef struct cpng_decoder cpng_decoder;

/// Reads the header of the PNG in `bytes`, which must outlive the decoder. NULL, and the reason in `message`, when it
/// has none. `pads` accepts an image whose data end early: what is missing is gray.
cpng_decoder *cpng_open(const uint8_t *bytes, size_t count, bool pads, cpng_header *header, char *message);

/// Decodes the next `count` rows, packed, one after the other; all rows at once when the image is interlaced.
bool cpng_read(cpng_decoder *decoder, uint8_t *rows, uint32_t count, char *message);

/// Reads what follows the last row, so that damage there is found.
bool cpng_finish(cpng_decoder *decoder, char *message);

/// Ends decoding, wherever it is.
void cpng_close(cpng_decoder *decoder);

/// Encodes width·height·channels samples of 8 bits, or 16 in the machine's order, 1 to 4 channels, into memory that the
/// caller frees.
bool cpng_encode(const uint8_t *pixels, const cpng_header *header, uint8_t **output, size_t *size,
                 char *message);
