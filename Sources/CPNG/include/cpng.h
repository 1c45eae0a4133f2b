// libpng behind functions that return: its errors are longjmps, which must not cross Swift frames.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Bytes that every `message` buffer must have room for.
#define CPNG_MESSAGE_CAPACITY 256

/// The shape of the decoded pixels: 8 bits a sample, palette and packed samples expanded.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// 1 gray, 2 gray + alpha, 3 RGB, 4 RGB + alpha.
  uint32_t channels;
} cpng_header;

/// Reads the header of the PNG in `bytes`. False, and the reason in `message`, when it has none.
bool cpng_read_header(const uint8_t *bytes, size_t count, cpng_header *header, char *message);

/// Decodes into `pixels`, which holds width·height·channels bytes of `expected`.
/// False, and the reason in `message`, when the data are damaged or not of that shape.
bool cpng_decode(const uint8_t *bytes, size_t count, const cpng_header *expected, uint8_t *pixels,
                 char *message);

/// Encodes 8-bit gray (1 channel) or RGB (3) pixels. On success `*output` holds `*size` bytes to be given
/// to `free`; on failure false, the reason in `message`, and nothing to free.
bool cpng_encode(const uint8_t *pixels, const cpng_header *header, uint8_t **output, size_t *size,
                 char *message);
