#include "cheif.h"

#include <stdio.h>

#ifdef VITRAIL_HEIF
#include <libheif/heif.h>
#include <stdlib.h>
#include <string.h>

// Longest side; the product is checked by the caller before anything is decoded.
enum { longest_side = 65535 };

struct cheif_decoder {
  struct heif_context *context;
  struct heif_image_handle *handle;
  struct heif_image *image;
  cheif_header header;
  bool isGray;
};

const char *cheif_library_version(void) { return heif_get_version(); }

// Whether there is no error; else what it is goes to the message, and to the header whether the file may be whole.
static bool report(struct heif_error error, cheif_header *header, char *message) {
  if (error.code == heif_error_Ok) return true;
  snprintf(message, CHEIF_MESSAGE_CAPACITY, "%s", error.message && error.message[0] ? error.message : "unreadable");
  header->isUnsupported =
      error.code == heif_error_Unsupported_feature || error.code == heif_error_Unsupported_filetype;
  return false;
}

static bool refuse(const char *text, char *message) {
  snprintf(message, CHEIF_MESSAGE_CAPACITY, "%s", text);
  return false;
}

static bool open_primary(cheif_decoder *decoder, const uint8_t *bytes, size_t count, char *message) {
  cheif_header *header = &decoder->header;
  decoder->context = heif_context_alloc();
  if (!decoder->context) return refuse("out of memory", message);
  heif_context_set_maximum_image_size_limit(decoder->context, longest_side);
  // Loaders use all processors already, an image each.
  heif_context_set_max_decoding_threads(decoder->context, 0);
  if (!report(heif_context_read_from_memory_without_copy(decoder->context, bytes, count, NULL), header, message) ||
      !report(heif_context_get_primary_image_handle(decoder->context, &decoder->handle), header, message))
    return false;
  int width = heif_image_handle_get_width(decoder->handle);
  int height = heif_image_handle_get_height(decoder->handle);
  int bits = heif_image_handle_get_luma_bits_per_pixel(decoder->handle);
  if (width < 1 || height < 1) return refuse("a picture without pixels", message);
  if (bits < 1 || bits > 16) return refuse("no number of bits a sample", message);
  header->width = (uint32_t)width;
  header->height = (uint32_t)height;
  header->bits = (uint32_t)bits;
  header->hasAlpha = heif_image_handle_has_alpha_channel(decoder->handle);
  header->isPremultiplied = header->hasAlpha && heif_image_handle_is_premultiplied_alpha(decoder->handle);
  return true;
}

cheif_decoder *cheif_open(const uint8_t *bytes, size_t count, cheif_header *header, char *message) {
  cheif_decoder *decoder = calloc(1, sizeof *decoder);
  if (!decoder) {
    refuse("out of memory", message);
    return NULL;
  }
  bool isOpen = open_primary(decoder, bytes, count, message);
  *header = decoder->header;
  if (isOpen) return decoder;
  cheif_close(decoder);
  return NULL;
}

bool cheif_knows_colors(uint16_t primaries, uint16_t transfer, uint16_t matrix) {
  struct heif_color_profile_nclx *colors = heif_nclx_color_profile_alloc();
  if (!colors) return false;
  bool isKnown = heif_nclx_color_profile_set_color_primaries(colors, primaries).code == heif_error_Ok &&
                 heif_nclx_color_profile_set_transfer_characteristics(colors, transfer).code == heif_error_Ok &&
                 heif_nclx_color_profile_set_matrix_coefficients(colors, matrix).code == heif_error_Ok;
  heif_nclx_color_profile_free(colors);
  return isKnown;
}

// Whether the library gave the planes that the header promised.
static bool is_as_announced(const cheif_decoder *decoder) {
  const cheif_header *header = &decoder->header;
  enum heif_channel first = decoder->isGray ? heif_channel_Y : heif_channel_interleaved;
  if (heif_image_get_width(decoder->image, first) != (int)header->width ||
      heif_image_get_height(decoder->image, first) != (int)header->height ||
      heif_image_get_bits_per_pixel_range(decoder->image, first) != (int)header->bits)
    return false;
  if (!decoder->isGray || !header->hasAlpha) return true;
  return heif_image_get_width(decoder->image, heif_channel_Alpha) == (int)header->width &&
         heif_image_get_height(decoder->image, heif_channel_Alpha) == (int)header->height &&
         heif_image_get_bits_per_pixel_range(decoder->image, heif_channel_Alpha) == (int)header->bits;
}

static enum heif_chroma interleaved(const cheif_header *header) {
  if (header->bits <= 8) return header->hasAlpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  return header->hasAlpha ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RRGGBB_LE;
#else
  return header->hasAlpha ? heif_chroma_interleaved_RRGGBBAA_BE : heif_chroma_interleaved_RRGGBB_BE;
#endif
}

bool cheif_decode(cheif_decoder *decoder, bool isGray, bool *isUnsupported, char *message) {
  const cheif_header *header = &decoder->header;
  // Tiles and overlays may not be larger than the whole.
  uint32_t side = header->width > header->height ? header->width : header->height;
  heif_context_set_maximum_image_size_limit(decoder->context, (int)side + 1);
  struct heif_decoding_options *options = heif_decoding_options_alloc();
  if (!options) return refuse("out of memory", message);
  // A damaged picture is a failure, not one that is gray in places.
  options->strict_decoding = 1;
  decoder->isGray = isGray;
  struct heif_error error =
      heif_decode_image(decoder->handle, &decoder->image, isGray ? heif_colorspace_monochrome : heif_colorspace_RGB,
                        isGray ? heif_chroma_monochrome : interleaved(header), options);
  heif_decoding_options_free(options);
  bool isDecoded = report(error, &decoder->header, message);
  *isUnsupported = decoder->header.isUnsupported;
  if (!isDecoded) return false;
  return is_as_announced(decoder) || refuse("the picture is not as its header says", message);
}

// Channels `channels` of `stored` go to every `step`th sample of `samples`; v ↦ round(v·white/(2^bits − 1)).
static void stretch(const cheif_decoder *decoder, enum heif_channel plane, uint32_t row, uint32_t left, uint32_t count,
                    uint32_t channels, uint32_t step, void *samples) {
  int stride = 0;
  const uint8_t *start = heif_image_get_plane_readonly(decoder->image, plane, &stride);
  const uint8_t *line = start + (size_t)row * (size_t)stride;
  uint32_t bits = decoder->header.bits, greatest = (1u << bits) - 1;
  for (uint32_t pixel = 0; pixel < count; pixel++) {
    for (uint32_t channel = 0; channel < channels; channel++) {
      size_t from = (size_t)(left + pixel) * channels + channel, to = (size_t)pixel * step + channel;
      if (bits > 8) {
        uint16_t value;
        memcpy(&value, line + 2 * from, 2);
        uint64_t held = value > greatest ? greatest : value;
        ((uint16_t *)samples)[to] = (uint16_t)((held * 65535 + greatest / 2) / greatest);
      } else {
        uint32_t held = line[from] > greatest ? greatest : line[from];
        ((uint8_t *)samples)[to] = (uint8_t)((held * 255 + greatest / 2) / greatest);
      }
    }
  }
}

void cheif_copy(const cheif_decoder *decoder, uint32_t row, uint32_t left, uint32_t count, void *samples) {
  uint32_t alpha = decoder->header.hasAlpha;
  if (!decoder->isGray) {
    uint32_t channels = 3 + alpha;
    stretch(decoder, heif_channel_interleaved, row, left, count, channels, channels, samples);
    return;
  }
  stretch(decoder, heif_channel_Y, row, left, count, 1, 1 + alpha, samples);
  if (alpha) {
    uint8_t *second = (uint8_t *)samples + (decoder->header.bits > 8 ? 2 : 1);
    stretch(decoder, heif_channel_Alpha, row, left, count, 1, 2, second);
  }
}

void cheif_close(cheif_decoder *decoder) {
  if (decoder->image) heif_image_release(decoder->image);
  if (decoder->handle) heif_image_handle_release(decoder->handle);
  if (decoder->context) heif_context_free(decoder->context);
  free(decoder);
}

#else

const char *cheif_library_version(void) { return NULL; }

static bool refuse(char *message) {
  snprintf(message, CHEIF_MESSAGE_CAPACITY, "built without libheif");
  return false;
}

cheif_decoder *cheif_open(const uint8_t *bytes, size_t count, cheif_header *header, char *message) {
  (void)bytes, (void)count, (void)header;
  refuse(message);
  return NULL;
}

bool cheif_knows_colors(uint16_t primaries, uint16_t transfer, uint16_t matrix) {
  (void)primaries, (void)transfer, (void)matrix;
  return false;
}

bool cheif_decode(cheif_decoder *decoder, bool isGray, bool *isUnsupported, char *message) {
  (void)decoder, (void)isGray, (void)isUnsupported;
  return refuse(message);
}

void cheif_copy(const cheif_decoder *decoder, uint32_t row, uint32_t left, uint32_t count, void *samples) {
  (void)decoder, (void)row, (void)left, (void)count, (void)samples;
}

void cheif_close(cheif_decoder *decoder) { (void)decoder; }

#endif
