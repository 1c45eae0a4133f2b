#include "ctiff.h"

#if __has_include(<tiffio.h>)
#include "decoder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *ctiff_library_version(void) { return TIFFGetVersion(); }

// What libtiff says of kinds that it does not decode.
static bool names_a_limit(const char *message) {
  static const char *const words[] = {"not supported", "nsupported", "not implemented", "annot handle", "not configured",
                                      "beyond the"};
  for (size_t index = 0; index < sizeof words / sizeof *words; index++)
    if (strstr(message, words[index])) return true;
  return false;
}

static bool report(const ctiff_decoder *decoder, bool *isUnsupported, char *message) {
  const char *text = decoder->memory.message[0] ? decoder->memory.message : "out of memory";
  if (names_a_limit(text)) *isUnsupported = true;
  snprintf(message, CTIFF_MESSAGE_CAPACITY, "%s", text);
  return false;
}

ctiff_decoder *ctiff_open(const uint8_t *bytes, size_t count, uint64_t offset, bool pads, ctiff_header *header,
                          bool *isUnsupported, char *message) {
  *isUnsupported = false;
  *header = (ctiff_header){0};
  ctiff_decoder *decoder = calloc(1, sizeof *decoder);
  if (!decoder) {
    snprintf(message, CTIFF_MESSAGE_CAPACITY, "out of memory");
    return NULL;
  }
  // A handle that reads writes nothing to them.
  decoder->memory.bytes = (uint8_t *)bytes;
  decoder->memory.count = count;
  decoder->pads = pads;
  // Without the first directory; an uncompressed strip is taken for several.
  decoder->tiff = ctiff_open_memory(&decoder->memory, "rhC");
  if (decoder->tiff && TIFFSetSubDirectory(decoder->tiff, offset)) {
    // Errors in notes beside the image are none.
    decoder->memory.message[0] = 0;
    if (ctiff_describe(decoder, header, isUnsupported) && ctiff_prepare_samples(&decoder->samples)) return decoder;
  }
  report(decoder, isUnsupported, message);
  ctiff_close(decoder);
  return NULL;
}

void ctiff_start(ctiff_decoder *decoder, ctiff_window *window) {
  uint32_t left = window->left / decoder->block_width * decoder->block_width;
  uint64_t end = (uint64_t)window->left + window->width;
  uint64_t across = (end - left + decoder->block_width - 1) / decoder->block_width;
  uint64_t right = left + across * decoder->block_width;
  window->left = left;
  window->width = (uint32_t)(right < decoder->width ? right : decoder->width) - left;
  decoder->across = (uint32_t)across;
  decoder->window = *window;
  decoder->next_row = window->top;
}

// The least bytes of `bytes` samples' bytes in a block, by the best that a compression can do; 0 where that is unknown.
static uint64_t least_bytes(const ctiff_decoder *decoder, uint64_t bytes) {
  if (decoder->isConverted) return 0;
  switch (decoder->compression) {
    case COMPRESSION_NONE: return bytes;
    case COMPRESSION_PACKBITS: return bytes / 64;
    // A code of 9 to 12 bits stands for at most 4096 bytes.
    case COMPRESSION_LZW: return bytes / 4096;
    case COMPRESSION_DEFLATE:
    case COMPRESSION_ADOBE_DEFLATE: return bytes / 1040;
    default: return 0;
  }
}

static uint32_t little(const uint8_t *bytes, uint32_t count) {
  uint32_t value = 0;
  for (uint32_t index = count; index > 0; index--) value = value << 8 | bytes[index - 1];
  return value;
}

static uint32_t big(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// The sides that the content of a JBIG or WebP block claims must be those of the block, before libtiff takes memory for
// them or leaves samples open.
static bool fits_sides(const ctiff_decoder *decoder, uint64_t offset, uint64_t count, uint32_t height) {
  const uint8_t *bytes = decoder->memory.bytes + offset;
  uint32_t width, rows;
  if (decoder->compression == COMPRESSION_JBIG) {
    if (count < 12) return false;
    width = big(bytes + 4);
    rows = big(bytes + 8);
  } else if (decoder->compression == COMPRESSION_WEBP) {
    if (count < 30) return false;
    if (memcmp(bytes + 12, "VP8X", 4) == 0) {
      width = little(bytes + 24, 3) + 1;
      rows = little(bytes + 27, 3) + 1;
    } else if (memcmp(bytes + 12, "VP8L", 4) == 0) {
      uint32_t sides = little(bytes + 21, 4);
      width = (sides & 0x3FFF) + 1;
      rows = (sides >> 14 & 0x3FFF) + 1;
    } else {
      width = little(bytes + 26, 2) & 0x3FFF;
      rows = little(bytes + 28, 2) & 0x3FFF;
    }
  } else {
    return true;
  }
  return width == decoder->block_width && rows == height;
}

// Decodes what is there of a block whose data end early; the number of rows.
static uint32_t decode_part(ctiff_decoder *decoder, uint32_t index, uint64_t offset, uint8_t *target, uint32_t rows) {
  if (offset >= decoder->memory.count || decoder->isConverted) return 0;
  size_t left = decoder->memory.count - (size_t)offset;
  bool isJPEG = decoder->compression == COMPRESSION_JPEG;
  if (!isJPEG && decoder->compression != COMPRESSION_NONE) return 0;
  if (!isJPEG && left / decoder->row_bytes < rows) {
    rows = (uint32_t)(left / decoder->row_bytes);
    left = rows * decoder->row_bytes;
  }
  if (rows == 0) return 0;
  // A copy, in which libtiff may turn bits round.
  uint8_t *copy = malloc(left);
  if (!copy) return 0;
  memcpy(copy, decoder->memory.bytes + offset, left);
  bool isRead = TIFFReadFromUserBuffer(decoder->tiff, index, copy, (tmsize_t)left, target,
                                       (tmsize_t)(rows * decoder->row_bytes));
  free(copy);
  decoder->memory.message[0] = 0;
  return isRead ? rows : 0;
}

// Decodes the first `rows` rows of a block, which starts at a row and column of the image; how many are there.
static bool decode_block(ctiff_decoder *decoder, uint32_t column, uint32_t row, uint32_t plane, uint32_t rows,
                         uint8_t *target, uint32_t *rows_there) {
  TIFF *tiff = decoder->tiff;
  uint32_t index = decoder->isTiled ? TIFFComputeTile(tiff, column, row, 0, (uint16_t)plane)
                                    : TIFFComputeStrip(tiff, row, (uint16_t)plane);
  uint64_t offset = TIFFGetStrileOffset(tiff, index);
  uint64_t count = TIFFGetStrileByteCount(tiff, index);
  size_t bytes = rows * decoder->row_bytes;
  *rows_there = rows;
  // GDAL leaves out blocks in which nothing is.
  if (offset == 0 && count == 0) {
    memset(target, 0, bytes);
    if (decoder->samples.hasMissing && decoder->samples.format == ctiff_float) *rows_there = 0;
    return true;
  }
  if (offset > decoder->memory.count || count > decoder->memory.count - offset) {
    if (!decoder->pads) {
      ctiff_note(&decoder->memory, "the file ends too early");
      return false;
    }
    *rows_there = decode_part(decoder, index, offset, target, rows);
    return true;
  }
  if (count < least_bytes(decoder, bytes)) {
    ctiff_note(&decoder->memory, "%llu bytes, which cannot hold %zu of samples", (unsigned long long)count, bytes);
    return false;
  }
  uint32_t height = decoder->block_height;
  if (!decoder->isTiled && height > decoder->height - row) height = decoder->height - row;
  if (!fits_sides(decoder, offset, count, height)) {
    ctiff_note(&decoder->memory, "a strip or tile whose content is of another size");
    return false;
  }
  if (decoder->isConverted) {
    uint32_t *pixels = (uint32_t *)target;
    return decoder->isTiled ? TIFFReadRGBATileExt(tiff, column, row, pixels, 1)
                            : TIFFReadRGBAStripExt(tiff, row, pixels, 1);
  }
  tmsize_t read = decoder->isTiled ? TIFFReadEncodedTile(tiff, index, target, (tmsize_t)bytes)
                                   : TIFFReadEncodedStrip(tiff, index, target, (tmsize_t)bytes);
  return read == (tmsize_t)bytes;
}

// Makes room for the blocks of a row of them, each with `rows` rows.
static bool make_room(ctiff_decoder *decoder, uint32_t rows) {
  size_t blocks = (size_t)decoder->across * decoder->planes;
  size_t wanted, needed, all;
  if (__builtin_mul_overflow(decoder->row_bytes, rows, &decoder->block_bytes) ||
      __builtin_mul_overflow(decoder->block_bytes, blocks, &wanted))
    wanted = SIZE_MAX;
  // Tiles may lie beside an image, but neither one row of them nor all be many times as large.
  size_t row = (size_t)decoder->width * decoder->samples.channels * 8;
  if (__builtin_mul_overflow(row, decoder->height, &needed)) needed = SIZE_MAX / 2;
  size_t block_rows = (decoder->height + (size_t)decoder->block_height - 1) / decoder->block_height;
  if (__builtin_mul_overflow(wanted, block_rows, &all)) all = SIZE_MAX;
  if ((wanted > (256u << 20) && wanted / 2 > needed) || (all > (256u << 20) && all / 16 > needed)) {
    ctiff_note(&decoder->memory, "strips or tiles of %u×%u pixels, which are not supported for so small an image",
               decoder->block_width, decoder->block_height);
    return false;
  }
  if (!decoder->rows_there && !(decoder->rows_there = calloc(blocks, sizeof *decoder->rows_there))) return false;
  if (wanted <= decoder->band_capacity) return true;
  free(decoder->band);
  decoder->band = calloc(wanted, 1);
  decoder->band_capacity = decoder->band ? wanted : 0;
  return decoder->band != NULL;
}

// Decodes the blocks that hold a row of the image.
static bool decode_band(ctiff_decoder *decoder, uint32_t row) {
  uint32_t top = row / decoder->block_height * decoder->block_height;
  uint32_t rows = decoder->block_height;
  uint32_t end = decoder->window.top + decoder->window.height;
  if (!decoder->isTiled && rows > decoder->height - top) rows = decoder->height - top;
  // Where a block goes on below the window its first rows will do, if its decoder can stop. libtiff inflates whole blocks by
  // libdeflate and parts by zlib, which takes twice as long.
  uint32_t needed = end - top;
  bool isInflated = decoder->compression == COMPRESSION_DEFLATE || decoder->compression == COMPRESSION_ADOBE_DEFLATE;
  bool stops = !decoder->isConverted && decoder->compression != COMPRESSION_JBIG;
  if (stops && needed < (isInflated ? rows / 2 : rows)) rows = needed;
  decoder->band_rows = 0;
  if (!make_room(decoder, rows)) return false;
  for (uint32_t plane = 0; plane < decoder->planes; plane++)
    for (uint32_t block = 0; block < decoder->across; block++) {
      size_t place = (size_t)plane * decoder->across + block;
      uint32_t column = decoder->window.left + block * decoder->block_width;
      decoder->memory.message[0] = 0;
      bool isRead = decode_block(decoder, column, top, plane, rows, decoder->band + place * decoder->block_bytes,
                                 &decoder->rows_there[place]);
      if (!isRead || decoder->memory.message[0]) return false;
    }
  decoder->band_top = top;
  decoder->band_rows = rows;
  return true;
}

// Packed colours, red in the lowest byte.
static void unpack(const uint32_t *source, uint32_t columns, uint8_t *target) {
  for (size_t column = 0; column < columns; column++)
    for (uint32_t channel = 0; channel < 3; channel++)
      target[3 * column + channel] = (uint8_t)(source[column] >> 8 * channel);
}

static void deliver_row(ctiff_decoder *decoder, uint32_t row, uint8_t *target) {
  const ctiff_samples *samples = &decoder->samples;
  size_t pixel = (size_t)ctiff_delivered_channels(samples) * ctiff_sample_bytes(samples);
  uint32_t inner = row - decoder->band_top;
  uint32_t count = decoder->isPlanar ? 1 : samples->channels;
  for (uint32_t block = 0; block < decoder->across; block++) {
    uint32_t start = block * decoder->block_width;
    uint32_t columns = decoder->window.width - start;
    if (columns > decoder->block_width) columns = decoder->block_width;
    uint8_t *pixels = target + start * pixel;
    bool isThere = true;
    for (uint32_t plane = 0; plane < decoder->planes; plane++) {
      size_t place = (size_t)plane * decoder->across + block;
      const uint8_t *content = decoder->band + place * decoder->block_bytes;
      if (inner >= decoder->rows_there[place])
        isThere = false;
      else if (decoder->isConverted)
        unpack((const uint32_t *)content + (size_t)(decoder->band_rows - 1 - inner) * decoder->block_width, columns,
               pixels);
      else
        ctiff_convert(samples, content + inner * decoder->row_bytes, plane, count, columns, pixels);
    }
    if (isThere)
      ctiff_finish_row(samples, columns, pixels);
    else
      ctiff_fill(samples, columns, pixels);
  }
}

bool ctiff_read(ctiff_decoder *decoder, void *rows, uint32_t count, bool *isUnsupported, char *message) {
  *isUnsupported = false;
  size_t row_bytes = (size_t)decoder->window.width * ctiff_delivered_channels(&decoder->samples) *
                     ctiff_sample_bytes(&decoder->samples);
  for (uint32_t index = 0; index < count; index++) {
    uint32_t row = decoder->next_row++;
    bool isDecoded = row >= decoder->band_top && row - decoder->band_top < decoder->band_rows;
    if (!isDecoded && !decode_band(decoder, row)) return report(decoder, isUnsupported, message);
    deliver_row(decoder, row, (uint8_t *)rows + index * row_bytes);
  }
  return true;
}

void ctiff_close(ctiff_decoder *decoder) {
  if (decoder->tiff) TIFFClose(decoder->tiff);
  ctiff_free_samples(&decoder->samples);
  free(decoder->band);
  free(decoder->rows_there);
  free(decoder);
}
#else
const char *ctiff_library_version(void) { return NULL; }
ctiff_decoder *ctiff_open(const uint8_t *bytes, size_t count, uint64_t offset, bool pads, ctiff_header *header,
                          bool *isUnsupported, char *message) {
  (void)bytes, (void)count, (void)offset, (void)pads, (void)header, (void)message;
  *isUnsupported = true;
  return NULL;
}
void ctiff_start(ctiff_decoder *decoder, ctiff_window *window) { (void)decoder, (void)window; }
bool ctiff_read(ctiff_decoder *decoder, void *rows, uint32_t count, bool *isUnsupported, char *message) {
  (void)decoder, (void)rows, (void)count, (void)message;
  *isUnsupported = true;
  return false;
}
void ctiff_close(ctiff_decoder *decoder) { (void)decoder; }
bool ctiff_encode(const ctiff_picture *picture, uint8_t **output, size_t *size, char *message) {
  (void)picture, (void)output, (void)size, (void)message;
  return false;
}
#endif
