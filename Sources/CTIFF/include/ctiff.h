// libtiff on bytes in memory: rows as samples of 8 or 16 bits or in single precision.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What libtiff says of its version, `LIBTIFF, Version 4.5.0` and more lines; NULL where this was built without it.
const char *ctiff_library_version(void);

/// Bytes that every `message` buffer must have room for.
#define CTIFF_MESSAGE_CAPACITY 256

/// The most samples a pixel may have.
#define CTIFF_MAXIMUM_CHANNELS 64

/// What the samples of a pixel are.
typedef enum {
  ctiff_gray,
  ctiff_gray_alpha,
  ctiff_rgb,
  ctiff_rgb_alpha,
  /// The colours multiplied by alpha.
  ctiff_rgb_premultiplied_alpha,
  /// The greatest sample for no ink.
  ctiff_inverted_cmyk,
  ctiff_bands,
} ctiff_layout;

/// How samples are delivered.
typedef enum {
  ctiff_eight_bit,
  /// In the machine's order.
  ctiff_sixteen_bit,
  /// The stored numbers in single precision; missing ones are not a number.
  ctiff_float,
} ctiff_sample_format;

/// The shape of the pixels as they are delivered, as stored: not turned upright.
typedef struct {
  uint32_t width;
  uint32_t height;
  uint32_t channels;
  ctiff_layout layout;
  ctiff_sample_format format;
  /// 1 to 8.
  uint32_t orientation;
  /// Bits of a stored sample.
  uint32_t bits;
  /// Whether stored samples are floating-point numbers.
  bool isFloatingPoint;
  bool isSigned;
} ctiff_header;

/// The part that is decoded. `ctiff_start` widens columns to whole tiles.
typedef struct {
  uint32_t left;
  uint32_t top;
  uint32_t width;
  uint32_t height;
} ctiff_window;

/// A page that is being decoded.
typedef struct ctiff_decoder ctiff_decoder;

/// Reads the directory at `offset` of the TIFF in `bytes`, which must outlive the decoder. NULL, and the reason in
/// `message`, when it is damaged or of a kind that is not decoded, which `isUnsupported` tells. `pads` accepts data that
/// end early: what is missing is gray.
ctiff_decoder *ctiff_open(const uint8_t *bytes, size_t count, uint64_t offset, bool pads, ctiff_header *header,
                          bool *isUnsupported, char *message);

/// Prepares to decode a window, once, and widens it.
void ctiff_start(ctiff_decoder *decoder, ctiff_window *window);

/// Decodes the next `count` rows of the window, packed, one after the other.
bool ctiff_read(ctiff_decoder *decoder, void *rows, uint32_t count, bool *isUnsupported, char *message);

/// Ends decoding, wherever it is.
void ctiff_close(ctiff_decoder *decoder);

/// Samples to write: rows of `width` pixels of `channels` samples of `bits` bits (8, 16, or 32 for single precision).
typedef struct {
  const void *samples;
  uint32_t width;
  uint32_t height;
  uint32_t channels;
  uint32_t bits;
} ctiff_picture;

/// Encodes into memory that the caller frees: strips of about 256 KB, each deflated differences.
bool ctiff_encode(const ctiff_picture *picture, uint8_t **output, size_t *size, char *message);
