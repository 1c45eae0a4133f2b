#if __has_include(<tiffio.h>)
#include "decoder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// GDAL's tag for the value of samples that are missing, a number in words.
enum { tag_missing = 42113 };

static uint16_t number(TIFF *tiff, uint32_t tag, uint16_t missing) {
  uint16_t value = missing;
  return TIFFGetFieldDefaulted(tiff, tag, &value) ? value : missing;
}

static const char *compression_name(uint16_t compression) {
  switch (compression) {
    case COMPRESSION_JPEG:
    case COMPRESSION_OJPEG: return "JPEG";
    case 33003:
    case 33005:
    case 34712: return "JPEG 2000";
    case 22610:
    case 34934: return "JPEG XR";
    case 34933: return "PNG";
    case 50002:
    case 52546: return "JPEG XL";
    case 34892: return "lossy JPEG of raw data";
    case 34887: return "LERC";
    case 34925: return "LZMA";
    case 50000: return "Zstandard";
    case 50001: return "WebP";
    case COMPRESSION_JBIG: return "JBIG";
    default: return "unknown";
  }
}

static const char *photometric_name(uint16_t photometric) {
  switch (photometric) {
    case PHOTOMETRIC_MASK: return "a mask";
    case PHOTOMETRIC_CIELAB:
    case PHOTOMETRIC_ICCLAB:
    case PHOTOMETRIC_ITULAB: return "L*a*b* colours";
    case PHOTOMETRIC_LOGL:
    case PHOTOMETRIC_LOGLUV: return "logarithmic luminance";
    case PHOTOMETRIC_CFA: return "a colour filter mosaic (camera raw)";
    case 34892: return "linear camera raw data";
    default: return "an unknown photometric interpretation";
  }
}

#define REFUSE(...) return ctiff_note(&decoder->memory, __VA_ARGS__), *isUnsupported = true, false
#define DAMAGED(...) return ctiff_note(&decoder->memory, __VA_ARGS__), false

static bool describe_samples(ctiff_decoder *decoder, ctiff_header *header, bool *isUnsupported) {
  TIFF *tiff = decoder->tiff;
  ctiff_samples *samples = &decoder->samples;
  uint16_t format = number(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  samples->bits = number(tiff, TIFFTAG_BITSPERSAMPLE, 1);
  samples->channels = number(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  samples->isFloatingPoint = format == SAMPLEFORMAT_IEEEFP;
  samples->isSigned = format == SAMPLEFORMAT_INT;
  if (format == SAMPLEFORMAT_COMPLEXINT || format == SAMPLEFORMAT_COMPLEXIEEEFP) REFUSE("complex numbers");
  if (samples->channels == 0) DAMAGED("no samples in a pixel");
  if (samples->channels > CTIFF_MAXIMUM_CHANNELS)
    REFUSE("%u channels, above %d", samples->channels, CTIFF_MAXIMUM_CHANNELS);
  uint32_t bits = samples->bits;
  bool isKnown = samples->isFloatingPoint ? bits == 16 || bits == 24 || bits == 32 || bits == 64
                                          : (bits >= 1 && bits <= 32) || bits == 64;
  if (!isKnown) REFUSE("%s of %u bits", samples->isFloatingPoint ? "floating-point samples" : "samples", bits);
  samples->format = samples->isFloatingPoint || samples->isSigned || bits > 16 ? ctiff_float
                    : bits > 8                                                ? ctiff_sixteen_bit
                                                                              : ctiff_eight_bit;
  header->bits = bits;
  header->isFloatingPoint = samples->isFloatingPoint;
  header->isSigned = samples->isSigned;
  return true;
}

// Colours of 16 bits, of which Pillow keeps the high 8; some writers have filled in 8 bits.
static bool read_palette(ctiff_decoder *decoder, bool *isUnsupported) {
  ctiff_samples *samples = &decoder->samples;
  if (samples->format == ctiff_float) REFUSE("a palette for samples above 16 bits");
  uint16_t *colors[3];
  if (!TIFFGetField(decoder->tiff, TIFFTAG_COLORMAP, &colors[0], &colors[1], &colors[2]))
    DAMAGED("no colours of the palette");
  size_t count = (size_t)1 << samples->bits;
  uint16_t greatest = 0;
  for (size_t index = 0; index < 3 * count; index++)
    if (colors[index % 3][index / 3] > greatest) greatest = colors[index % 3][index / 3];
  samples->palette = malloc(3 * count);
  if (!samples->palette) DAMAGED("out of memory");
  for (size_t index = 0; index < 3 * count; index++) {
    uint16_t color = colors[index % 3][index / 3];
    samples->palette[index] = (uint8_t)(greatest > 255 ? color >> 8 : color);
  }
  samples->format = ctiff_eight_bit;
  return true;
}

static bool describe_luma_and_chroma(ctiff_decoder *decoder, bool *isUnsupported) {
  ctiff_samples *samples = &decoder->samples;
  if (samples->channels != 3 || samples->bits != 8 || samples->format != ctiff_eight_bit)
    REFUSE("YCbCr colours other than three samples of 8 bits");
  if (decoder->compression == COMPRESSION_JPEG) {
    if (decoder->isPlanar) REFUSE("YCbCr colours as JPEG in separate planes");
    TIFFSetField(decoder->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    return true;
  }
  char reason[1024] = "";
  if (!TIFFRGBAImageOK(decoder->tiff, reason)) REFUSE("%s", reason);
  // Rows come as they are stored.
  TIFFSetField(decoder->tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  decoder->isConverted = true;
  return true;
}

static bool describe_layout(ctiff_decoder *decoder, ctiff_header *header, bool *isUnsupported) {
  TIFF *tiff = decoder->tiff;
  ctiff_samples *samples = &decoder->samples;
  uint16_t photometric;
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric)) DAMAGED("no photometric interpretation");
  uint16_t extra_count = 0;
  uint16_t *extras = NULL;
  if (!TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extra_count, &extras)) extra_count = 0;
  uint16_t extra = extra_count > 0 ? extras[0] : EXTRASAMPLE_UNSPECIFIED;
  bool hasAlpha = extra == EXTRASAMPLE_ASSOCALPHA || extra == EXTRASAMPLE_UNASSALPHA;
  uint32_t channels = samples->channels;
  header->layout = ctiff_bands;
  switch (photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
      // Of signed and floating-point samples none is the greatest.
      if (photometric == PHOTOMETRIC_MINISWHITE && !samples->isSigned && !samples->isFloatingPoint)
        samples->inverted = 1;
      if (channels == 1) header->layout = ctiff_gray;
      if (channels == 2 && hasAlpha) header->layout = ctiff_gray_alpha;
      samples->isPremultipliedGray = channels == 2 && extra == EXTRASAMPLE_ASSOCALPHA;
      if (samples->isPremultipliedGray && samples->format == ctiff_float)
        REFUSE("gray multiplied by alpha, in samples that are signed, floating-point or above 16 bits");
      break;
    case PHOTOMETRIC_RGB:
      if (channels < 3) DAMAGED("%u channels where three colours were expected", channels);
      if (channels == 3) header->layout = ctiff_rgb;
      if (channels == 4 && hasAlpha)
        header->layout = extra == EXTRASAMPLE_ASSOCALPHA ? ctiff_rgb_premultiplied_alpha : ctiff_rgb_alpha;
      break;
    case PHOTOMETRIC_PALETTE:
      if (channels > 2 || (channels == 2 && extra != EXTRASAMPLE_UNASSALPHA) || (channels == 2 && samples->bits != 8))
        REFUSE("a palette beside other channels");
      if (!read_palette(decoder, isUnsupported)) return false;
      header->layout = channels == 2 ? ctiff_rgb_alpha : ctiff_rgb;
      break;
    case PHOTOMETRIC_SEPARATED:
      if (number(tiff, TIFFTAG_INKSET, INKSET_CMYK) != INKSET_CMYK) break;
      if (channels != 4) REFUSE("CMYK inks in %u channels", channels);
      if (samples->format == ctiff_float) REFUSE("CMYK inks that are signed, floating-point or above 16 bits");
      samples->inverted = 4;
      header->layout = ctiff_inverted_cmyk;
      break;
    case PHOTOMETRIC_YCBCR:
      if (!describe_luma_and_chroma(decoder, isUnsupported)) return false;
      header->layout = ctiff_rgb;
      break;
    default: REFUSE("%s (%u)", photometric_name(photometric), photometric);
  }
  return true;
}

// Of gray, colours and bands alone: alpha, inks and palettes have values for what is missing.
static void find_missing(ctiff_decoder *decoder, const ctiff_header *header) {
  bool holds = header->layout == ctiff_gray || header->layout == ctiff_rgb || header->layout == ctiff_bands;
  const TIFFField *field = TIFFFindField(decoder->tiff, tag_missing, TIFF_ANY);
  uint32_t length = 0;
  char *text = NULL;
  // As libtiff keeps tags that it does not know.
  bool isText = field && TIFFFieldDataType(field) == TIFF_ASCII && TIFFFieldPassCount(field) &&
                TIFFFieldReadCount(field) == TIFF_VARIABLE2;
  if (!holds || decoder->samples.palette || decoder->isConverted || !isText ||
      !TIFFGetField(decoder->tiff, tag_missing, &length, &text) || !text || length == 0 || length > 64)
    return;
  char copy[65] = "";
  memcpy(copy, text, length);
  char *end;
  double value = strtod(copy, &end);
  if (end == copy || isnan(value)) return;
  decoder->samples.hasMissing = true;
  decoder->samples.missing = value;
}

static bool describe_blocks(ctiff_decoder *decoder, bool *isUnsupported) {
  TIFF *tiff = decoder->tiff;
  decoder->isTiled = TIFFIsTiled(tiff);
  if (decoder->isTiled) {
    if (!TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &decoder->block_width) ||
        !TIFFGetField(tiff, TIFFTAG_TILELENGTH, &decoder->block_height))
      DAMAGED("tiles without sides");
  } else {
    decoder->block_width = decoder->width;
    if (!TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &decoder->block_height)) DAMAGED("no rows in a strip");
    if (decoder->block_height > decoder->height) decoder->block_height = decoder->height;
  }
  if (decoder->block_width == 0 || decoder->block_height == 0) DAMAGED("strips or tiles without pixels");
  decoder->planes = decoder->isPlanar ? decoder->samples.channels : 1;
  if (decoder->isConverted) {
    decoder->planes = 1;
    decoder->row_bytes = 4 * (size_t)decoder->block_width;
    return true;
  }
  size_t bits = (size_t)decoder->samples.bits * (decoder->isPlanar ? 1 : decoder->samples.channels);
  decoder->row_bytes = (decoder->block_width * bits + 7) / 8;
  uint64_t expected = decoder->isTiled ? TIFFTileRowSize64(tiff) : TIFFScanlineSize64(tiff);
  if (expected != decoder->row_bytes) REFUSE("rows of %llu bytes", (unsigned long long)expected);
  return true;
}

bool ctiff_describe(ctiff_decoder *decoder, ctiff_header *header, bool *isUnsupported) {
  TIFF *tiff = decoder->tiff;
  if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &decoder->width) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &decoder->height) || decoder->width == 0 || decoder->height == 0)
    DAMAGED("no width or height");
  if (decoder->width > INT32_MAX || decoder->height > INT32_MAX)
    REFUSE("sides of %u×%u pixels", decoder->width, decoder->height);
  uint32_t depth = 1, tile_depth = 1;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_IMAGEDEPTH, &depth);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_TILEDEPTH, &tile_depth);
  if (depth > 1 || tile_depth > 1) REFUSE("a volume of %u slices in a page", depth > 1 ? depth : tile_depth);
  decoder->compression = number(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  if (!TIFFIsCODECConfigured(decoder->compression))
    REFUSE("compression %u (%s)", decoder->compression, compression_name(decoder->compression));
  header->width = decoder->width;
  header->height = decoder->height;
  header->orientation = number(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  if (!describe_samples(decoder, header, isUnsupported)) return false;
  decoder->isPlanar =
      number(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) == PLANARCONFIG_SEPARATE && decoder->samples.channels > 1;
  if (!describe_layout(decoder, header, isUnsupported)) return false;
  if (!describe_blocks(decoder, isUnsupported)) return false;
  find_missing(decoder, header);
  header->channels = ctiff_delivered_channels(&decoder->samples);
  header->format = decoder->samples.format;
  // Errors in notes beside the image.
  decoder->memory.message[0] = 0;
  return true;
}
#endif
