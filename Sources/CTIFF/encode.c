#if __has_include(<tiffio.h>)
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool write_picture(TIFF *tiff, const ctiff_picture *picture) {
  size_t row_bytes = (size_t)picture->width * picture->channels * picture->bits / 8;
  uint32_t rows = (uint32_t)((256u << 10) / row_bytes);
  if (rows == 0) rows = 1;
  if (rows > picture->height) rows = picture->height;
  bool isColor = picture->channels == 3;
  uint16_t others = (uint16_t)(picture->channels - (isColor ? 3 : 1));
  uint16_t kinds[CTIFF_MAXIMUM_CHANNELS] = {EXTRASAMPLE_UNSPECIFIED};
  bool isSet = TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, picture->width) &&
               TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, picture->height) &&
               TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, picture->channels) &&
               TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, picture->bits) &&
               TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT,
                            picture->bits == 32 ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT) &&
               TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) &&
               TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, isColor ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK) &&
               (others == 0 || TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, others, kinds)) &&
               TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE) &&
               TIFFSetField(tiff, TIFFTAG_PREDICTOR,
                            picture->bits == 32 ? PREDICTOR_FLOATINGPOINT : PREDICTOR_HORIZONTAL) &&
               TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, rows);
  if (!isSet) return false;
  for (uint32_t row = 0; row < picture->height; row += rows) {
    uint32_t count = picture->height - row < rows ? picture->height - row : rows;
    // libtiff takes the samples as not constant, and copies them before it changes them.
    uint8_t *strip = (uint8_t *)picture->samples + row * row_bytes;
    tmsize_t length = (tmsize_t)(count * row_bytes);
    if (TIFFWriteEncodedStrip(tiff, row / rows, strip, length) != length) return false;
  }
  return TIFFWriteDirectory(tiff);
}

bool ctiff_encode(const ctiff_picture *picture, uint8_t **output, size_t *size, char *message) {
  size_t raw = (size_t)picture->width * picture->height * picture->channels * picture->bits / 8;
  ctiff_memory memory = {.bytes = malloc(65536), .capacity = 65536};
  bool isWritten = false;
  if (memory.bytes) {
    // Offsets of the classic format end at 4 GiB.
    TIFF *tiff = ctiff_open_memory(&memory, raw > (3u << 30) ? "w8" : "w");
    if (tiff) {
      isWritten = write_picture(tiff, picture);
      TIFFClose(tiff);
    }
  }
  isWritten = isWritten && !memory.message[0];
  if (!isWritten) {
    snprintf(message, CTIFF_MESSAGE_CAPACITY, "%s", memory.message[0] ? memory.message : "out of memory");
    free(memory.bytes);
  }
  *output = isWritten ? memory.bytes : NULL;
  *size = isWritten ? memory.count : 0;
  return isWritten;
}
#endif
