// libjpeg behind functions that return: its errors are longjmps, which must not cross Swift frames.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Bytes that every `message` buffer must have room for.
#define CJPEG_MESSAGE_CAPACITY 256

/// The shape of the decoded pixels, as stored: no EXIF orientation applied.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// 1 gray, 3 RGB, 4 CMYK as the file holds it (most often inverted).
  uint32_t channels;
} cjpeg_header;

/// Reads the header of the JPEG in `bytes`. False, and the reason in `message`, when it has none.
bool cjpeg_read_header(const uint8_t *bytes, size_t count, cjpeg_header *header, char *message);

/// Decodes into `pixels`, which holds width·height·channels bytes of `expected`.
/// False, and the reason in `message`, when the data are damaged or not of that shape.
bool cjpeg_decode(const uint8_t *bytes, size_t count, const cjpeg_header *expected, uint8_t *pixels,
                  char *message);
