#include "cwebp.h"

#include <stdio.h>

#if __has_include(<webp/decode.h>)
#include <webp/decode.h>

static bool fail(VP8StatusCode status, char *message) {
  static const char *const reasons[] = {
      [VP8_STATUS_OUT_OF_MEMORY] = "out of memory",
      [VP8_STATUS_INVALID_PARAM] = "sides that are not those of its header",
      [VP8_STATUS_BITSTREAM_ERROR] = "wrong data",
      [VP8_STATUS_UNSUPPORTED_FEATURE] = "a kind that libwebp does not know",
      [VP8_STATUS_SUSPENDED] = "the file ends too early",
      [VP8_STATUS_NOT_ENOUGH_DATA] = "the file ends too early",
  };
  const char *reason = (size_t)status < sizeof reasons / sizeof *reasons ? reasons[status] : NULL;
  snprintf(message, CWEBP_MESSAGE_CAPACITY, "%s", reason ? reason : "libwebp gave up");
  return false;
}

bool cwebp_read_header(const uint8_t *bytes, size_t count, cwebp_header *header, char *message) {
  WebPBitstreamFeatures features;
  VP8StatusCode status = WebPGetFeatures(bytes, count, &features);
  if (status != VP8_STATUS_OK) return fail(status, message);
  *header = (cwebp_header){(uint32_t)features.width, (uint32_t)features.height, features.has_alpha != 0};
  return true;
}

// The incremental decoder shows rows before the data end; it decodes below the window too, so it is only for files cut short.
static bool decode_what_is_there(const uint8_t *bytes, size_t count, WebPDecoderConfig *config, uint32_t *rows,
                                 char *message) {
  WebPIDecoder *decoder = WebPIDecode(NULL, 0, config);
  if (!decoder) return fail(VP8_STATUS_OUT_OF_MEMORY, message);
  VP8StatusCode status = WebPIUpdate(decoder, bytes, count);
  int last = 0;
  if (status == VP8_STATUS_SUSPENDED || status == VP8_STATUS_NOT_ENOUGH_DATA) {
    *rows = WebPIDecGetRGB(decoder, &last, NULL, NULL, NULL) && last > 0 ? (uint32_t)last : 0;
    status = VP8_STATUS_OK;
  }
  WebPIDelete(decoder);
  return status == VP8_STATUS_OK || fail(status, message);
}

bool cwebp_decode(const uint8_t *bytes, size_t count, const cwebp_window *window, bool withAlpha, bool pads,
                  uint8_t *pixels, uint32_t *rows, char *message) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return fail(VP8_STATUS_INVALID_PARAM, message);
  config.options.use_cropping = 1;
  config.options.crop_left = (int)window->left;
  config.options.crop_top = (int)window->top;
  config.options.crop_width = (int)window->width;
  config.options.crop_height = (int)window->height;
  uint32_t width = window->width / window->denominator, height = window->height / window->denominator;
  config.options.use_scaling = window->denominator > 1;
  config.options.scaled_width = (int)width;
  config.options.scaled_height = (int)height;
  size_t stride = (size_t)width * (withAlpha ? 4 : 3);
  config.output.colorspace = withAlpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = (WebPRGBABuffer){pixels, (int)stride, stride * height};
  *rows = height;
  VP8StatusCode status = WebPDecode(bytes, count, &config);
  bool isCutShort = status == VP8_STATUS_NOT_ENOUGH_DATA || status == VP8_STATUS_SUSPENDED;
  if (pads && isCutShort) return decode_what_is_there(bytes, count, &config, rows, message);
  return status == VP8_STATUS_OK || fail(status, message);
}

// The text is written once: Swift asks for it once.
const char *cwebp_library_version(void) {
  static char text[16];
  int version = WebPGetDecoderVersion();
  snprintf(text, sizeof text, "%d.%d.%d", version >> 16 & 255, version >> 8 & 255, version & 255);
  return text;
}

#else

static bool fail(char *message) {
  snprintf(message, CWEBP_MESSAGE_CAPACITY, "built without libwebp");
  return false;
}

bool cwebp_read_header(const uint8_t *bytes, size_t count, cwebp_header *header, char *message) {
  (void)bytes, (void)count, (void)header;
  return fail(message);
}

bool cwebp_decode(const uint8_t *bytes, size_t count, const cwebp_window *window, bool withAlpha, bool pads,
                  uint8_t *pixels, uint32_t *rows, char *message) {
  (void)bytes, (void)count, (void)window, (void)withAlpha, (void)pads, (void)pixels, (void)rows;
  return fail(message);
}

const char *cwebp_library_version(void) { return NULL; }
#endif
