// DCMTK's decoders of DICOM frames that are compressed by JPEG and JPEG-LS. Without the trait DICOM nothing of the library is compiled or linked,
// and every function says so.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The version of DCMTK: `3.6.7`; NULL where it is not built in.
const char *cdicom_library_version(void);

/// Bytes that every `message` buffer must have room for.
#define CDICOM_MESSAGE_CAPACITY 256

/// What the data set says of the pixels of a frame.
typedef struct {
  uint16_t rows;
  uint16_t columns;
  uint16_t samples;
  uint16_t bitsAllocated;
  uint16_t bitsStored;
  uint16_t highBit;
  bool isSigned;
  /// The photometric interpretation: `MONOCHROME2`.
  const char *photometric;
} cdicom_frame;

/// Whether frames of the transfer syntax with this identifier are decompressed.
bool cdicom_decodes(const char *transfer_syntax);

/// Decompresses one frame into `capacity` bytes at `samples`: rows·columns·samples·bitsAllocated / 8 of them and, where
/// that is odd, one more. The samples of a pixel lie side by side, in the machine's order. `isRGB` tells whether colours
/// came out as RGB whatever the photometric interpretation said.
bool cdicom_decompress(const char *transfer_syntax, const cdicom_frame *frame, const uint8_t *bytes, size_t count,
                       void *samples, size_t capacity, bool *isRGB, char *message);

#ifdef __cplusplus
}
#endif
