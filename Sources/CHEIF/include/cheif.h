// libheif, of which images are decoded whole. Without the trait HEIF nothing of the library is compiled or linked, and
// every function says so.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The version of libheif: `1.15.1`; NULL where it is not built in.
const char *cheif_library_version(void);

/// Bytes that every `message` buffer must have room for.
#define CHEIF_MESSAGE_CAPACITY 256

/// The shape of the decoded pixels, turned upright.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// Bits that a sample uses, 1 to 16.
  uint32_t bits;
  bool hasAlpha;
  bool isPremultiplied;
  /// Set where the file is whole but of a kind that the library does not decode.
  bool isUnsupported;
} cheif_header;

/// An image that is being decoded.
typedef struct cheif_decoder cheif_decoder;

/// Reads the boxes of the file in `bytes`, which must outlive the decoder. NULL, and the reason in `message`, when it
/// has no picture.
cheif_decoder *cheif_open(const uint8_t *bytes, size_t count, cheif_header *header, char *message);

/// Whether the library knows the codes of primaries, transfer characteristics and matrix coefficients, each at most 255;
/// of other AV1 pictures it loses the memory, in some versions.
bool cheif_knows_colors(uint16_t primaries, uint16_t transfer, uint16_t matrix);

/// Decodes the picture, gray where `isGray`, else RGB, whole into memory. False, and the reason in `message`, when that
/// fails; `isUnsupported` tells whether the file may be whole all the same.
bool cheif_decode(cheif_decoder *decoder, bool isGray, bool *isUnsupported, char *message);

/// Copies `count` pixels of a row, from the column `left` on, packed: one byte a sample up to 8 bits, else two in the
/// machine's order, gray or RGB and then alpha where there is one. Samples are stretched to the whole of their bytes.
void cheif_copy(const cheif_decoder *decoder, uint32_t row, uint32_t left, uint32_t count, void *samples);

/// Ends decoding, wherever it is.
void cheif_close(cheif_decoder *decoder);
