#include "cjpeg.h"

#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// A crafted file can repeat scans over a large image for minutes; real ones have about ten.
#define MAXIMUM_SCANS 100

_Static_assert(CJPEG_MESSAGE_CAPACITY >= JMSG_LENGTH_MAX, "libjpeg's messages must fit");

struct cjpeg_decoder {
  struct jpeg_error_mgr handlers;  // first: `jpeg.err` points at it and at the decoder alike
  struct jpeg_decompress_struct jpeg;
  struct jpeg_progress_mgr progress;
  jmp_buf jump;
  char *message;
  bool pads;
  bool isUnsupported;
};

static void give_up(cjpeg_decoder *decoder, const char *text) {
  snprintf(decoder->message, CJPEG_MESSAGE_CAPACITY, "%s", text);
  longjmp(decoder->jump, 1);
}

// The file may be intact, but is of a kind that is not decoded.
static void refuse(cjpeg_decoder *decoder, const char *text) {
  decoder->isUnsupported = true;
  give_up(decoder, text);
}

static void fail(j_common_ptr jpeg) {
  cjpeg_decoder *decoder = (cjpeg_decoder *)jpeg->err;
  switch (jpeg->err->msg_code) {
    case JERR_BAD_PRECISION:
      refuse(decoder, "other than 8 bits a sample");
      return;
    case JERR_SOF_UNSUPPORTED:
      refuse(decoder, "lossless or hierarchical coding");
      return;
    case JERR_ARITH_NOTIMPL:
      refuse(decoder, "arithmetic coding, which this libjpeg lacks");
      return;
    default:
      jpeg->err->format_message(jpeg, decoder->message);
      longjmp(decoder->jump, 1);
  }
}

// Whether the data end here, and an image without the rest is wanted. libjpeg itself puts an end marker after the last
// byte.
static bool accepts_end(j_common_ptr jpeg) {
  return ((cjpeg_decoder *)jpeg->err)->pads && ((j_decompress_ptr)jpeg)->unread_marker == JPEG_EOI;
}

// libjpeg goes on after damage and paints gray. Warnings that mean wrong pixels are failures here;
// those about stray bytes between segments or an odd header field are not.
static void judge_warning(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  switch (jpeg->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_TOO_MUCH_DATA:
      return;
    case JWRN_JPEG_EOF:
      if (!((cjpeg_decoder *)jpeg->err)->pads) fail(jpeg);
      return;
    case JWRN_HIT_MARKER:
    case JWRN_MUST_RESYNC:
    case JWRN_ARITH_BAD_CODE:
      if (!accepts_end(jpeg)) fail(jpeg);
      return;
    default:
      fail(jpeg);
  }
}

static void print_nothing(j_common_ptr jpeg) { (void)jpeg; }

static void limit_scans(j_common_ptr jpeg) {
  if (((j_decompress_ptr)jpeg)->input_scan_number > MAXIMUM_SCANS)
    give_up((cjpeg_decoder *)jpeg->err, "too many scans");
}

static uint32_t choose_color_space(cjpeg_decoder *decoder) {
  j_decompress_ptr jpeg = &decoder->jpeg;
  switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE:
      jpeg->out_color_space = JCS_GRAYSCALE;
      return 1;
    case JCS_RGB:
    case JCS_YCbCr:
      jpeg->out_color_space = JCS_RGB;
      return 3;
    case JCS_CMYK:
    case JCS_YCCK:
      jpeg->out_color_space = JCS_CMYK;
      return 4;
    default:
      refuse(decoder, "neither gray, colour nor CMYK");
      return 0;
  }
}

// How many bytes there are before a segment that the end of the data cuts through: libjpeg takes what it puts after the
// last byte for the rest of it. All of them when no segment is cut.
static size_t whole_segments(const uint8_t *bytes, size_t count) {
  size_t offset = 2;
  while (offset + 1 < count) {
    const uint8_t marker = bytes[offset + 1];
    if (bytes[offset] != 0xFF || marker == 0x00 || marker == 0xFF || (marker >= JPEG_RST0 && marker <= JPEG_RST0 + 7)) {
      // Pixel data, fill bytes or stray ones, up to the next marker.
      const uint8_t *next = memchr(bytes + offset + 1, 0xFF, count - offset - 1);
      if (!next) return count;
      offset = (size_t)(next - bytes);
      continue;
    }
    if (marker == JPEG_EOI) return count;
    if (offset + 4 > count) return offset;
    const size_t length = (size_t)bytes[offset + 2] << 8 | bytes[offset + 3];
    if (length > count - offset - 2) return offset;
    offset += 2 + length;
  }
  return count;
}

cjpeg_decoder *cjpeg_open(const uint8_t *bytes, size_t count, bool pads, cjpeg_header *header, char *message) {
  cjpeg_decoder *decoder = calloc(1, sizeof *decoder);
  if (!decoder) {
    snprintf(message, CJPEG_MESSAGE_CAPACITY, "out of memory");
    return NULL;
  }
  j_decompress_ptr jpeg = &decoder->jpeg;
  decoder->pads = pads;
  decoder->message = message;
  message[0] = 0;
  jpeg->err = jpeg_std_error(&decoder->handlers);
  decoder->handlers.error_exit = fail;
  decoder->handlers.emit_message = judge_warning;
  decoder->handlers.output_message = print_nothing;
  header->isUnsupported = false;
  if (setjmp(decoder->jump)) {
    header->isUnsupported = decoder->isUnsupported;
    cjpeg_close(decoder);
    return NULL;
  }
  jpeg_create_decompress(jpeg);
  decoder->progress.progress_monitor = limit_scans;
  jpeg->progress = &decoder->progress;
  jpeg_mem_src(jpeg, bytes, pads ? whole_segments(bytes, count) : count);
  jpeg_read_header(jpeg, TRUE);
  if (jpeg->data_precision != 8) refuse(decoder, "other than 8 bits a sample");
  *header = (cjpeg_header){jpeg->image_width, jpeg->image_height, choose_color_space(decoder), false};
  return decoder;
}

bool cjpeg_start(cjpeg_decoder *decoder, cjpeg_window *window, char *message) {
  j_decompress_ptr jpeg = &decoder->jpeg;
  decoder->message = message;
  message[0] = 0;
  if (setjmp(decoder->jump)) return false;
  jpeg->dct_method = JDCT_ISLOW;
  jpeg->scale_num = 1;
  jpeg->scale_denom = window->denominator;
  jpeg_start_decompress(jpeg);
  if (window->left > jpeg->output_width || window->width > jpeg->output_width - window->left ||
      window->top > jpeg->output_height || window->height > jpeg->output_height - window->top)
    give_up(decoder, "the image is smaller than its header said");
  // Smooth upsampling blends neighbours: the columns beside the window are decoded too, so that those in it are as if
  // all were. Upsampling stops at the edges of what is decoded.
  const JDIMENSION margin = 2;
  JDIMENSION left = window->left > margin ? window->left - margin : 0;
  JDIMENSION right = window->left + window->width;
  right = jpeg->output_width - right > margin ? right + margin : jpeg->output_width;
  JDIMENSION width = right - left;
  if (width < jpeg->output_width) jpeg_crop_scanline(jpeg, &left, &width);
  else left = 0;
  window->left = left;
  window->width = width;
  if (window->top > 0 && jpeg_skip_scanlines(jpeg, window->top) != window->top)
    give_up(decoder, "the image ends too early");
  return true;
}

bool cjpeg_read(cjpeg_decoder *decoder, uint8_t *rows, uint32_t count, char *message) {
  j_decompress_ptr jpeg = &decoder->jpeg;
  decoder->message = message;
  message[0] = 0;
  if (setjmp(decoder->jump)) return false;
  const size_t row_bytes = (size_t)jpeg->output_width * jpeg->output_components;
  for (uint32_t row = 0; row < count; row++) {
    JSAMPROW target = rows + row * row_bytes;
    if (jpeg_read_scanlines(jpeg, &target, 1) != 1) give_up(decoder, "the image ends too early");
  }
  return true;
}

bool cjpeg_finish(cjpeg_decoder *decoder, char *message) {
  decoder->message = message;
  message[0] = 0;
  if (setjmp(decoder->jump)) return false;
  jpeg_finish_decompress(&decoder->jpeg);
  return true;
}

void cjpeg_close(cjpeg_decoder *decoder) {
  jpeg_destroy_decompress(&decoder->jpeg);
  free(decoder);
}

#define TEXT(macro) QUOTED(macro)
#define QUOTED(text) #text

const char *cjpeg_library_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
  return TEXT(LIBJPEG_TURBO_VERSION);
#else
  return TEXT(JPEG_LIB_VERSION);
#endif
}
