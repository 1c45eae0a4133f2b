#include "cjpeg.h"

#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>
#include <setjmp.h>
#include <string.h>

// A crafted file can repeat scans over a large image for minutes; real ones have about ten.
#define MAXIMUM_SCANS 500

_Static_assert(CJPEG_MESSAGE_CAPACITY >= JMSG_LENGTH_MAX, "libjpeg's messages must fit");

typedef struct {
  struct jpeg_error_mgr handlers;  // first: `jpeg.err` points at it and at the context alike
  struct jpeg_decompress_struct jpeg;
  struct jpeg_progress_mgr progress;
  jmp_buf jump;
  char *message;
} context;

static void fail(j_common_ptr jpeg) {
  context *within = (context *)jpeg->err;
  jpeg->err->format_message(jpeg, within->message);
  longjmp(within->jump, 1);
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
    default:
      fail(jpeg);
  }
}

static void print_nothing(j_common_ptr jpeg) { (void)jpeg; }

static void give_up(context *within, const char *text) {
  snprintf(within->message, CJPEG_MESSAGE_CAPACITY, "%s", text);
  longjmp(within->jump, 1);
}

static void limit_scans(j_common_ptr jpeg) {
  if (((j_decompress_ptr)jpeg)->input_scan_number > MAXIMUM_SCANS)
    give_up((context *)jpeg->err, "too many scans");
}

// Header, and pixels where they are wanted, under one setjmp.
static bool read_jpeg(context *within, const uint8_t *bytes, size_t count, cjpeg_header *header,
                      uint8_t *pixels) {
  j_decompress_ptr jpeg = &within->jpeg;
  jpeg->err = jpeg_std_error(&within->handlers);
  within->handlers.error_exit = fail;
  within->handlers.emit_message = judge_warning;
  within->handlers.output_message = print_nothing;
  if (setjmp(within->jump)) {
    jpeg_destroy_decompress(jpeg);
    return false;
  }
  jpeg_create_decompress(jpeg);
  within->progress.progress_monitor = limit_scans;
  jpeg->progress = &within->progress;
  jpeg_mem_src(jpeg, bytes, count);
  jpeg_read_header(jpeg, TRUE);

  cjpeg_header found = {jpeg->image_width, jpeg->image_height, 0};
  switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE:
      jpeg->out_color_space = JCS_GRAYSCALE;
      found.channels = 1;
      break;
    case JCS_RGB:
    case JCS_YCbCr:
      jpeg->out_color_space = JCS_RGB;
      found.channels = 3;
      break;
    case JCS_CMYK:
    case JCS_YCCK:
      jpeg->out_color_space = JCS_CMYK;
      found.channels = 4;
      break;
    default:
      give_up(within, "neither gray, colour nor CMYK");
  }
  if (!pixels) {
    *header = found;
  } else {
    if (memcmp(&found, header, sizeof found) != 0) give_up(within, "the header changed while reading");
    jpeg->dct_method = JDCT_ISLOW;
    jpeg_start_decompress(jpeg);
    if ((uint32_t)jpeg->output_components != found.channels || jpeg->output_width != found.width ||
        jpeg->output_height != found.height)
      give_up(within, "unexpected sample layout");
    size_t row_bytes = (size_t)found.width * found.channels;
    while (jpeg->output_scanline < jpeg->output_height) {
      JSAMPROW row = pixels + jpeg->output_scanline * row_bytes;
      jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
  }
  jpeg_destroy_decompress(jpeg);
  return true;
}

static bool read_fresh(const uint8_t *bytes, size_t count, cjpeg_header *header, uint8_t *pixels,
                       char *message) {
  context within;
  memset(&within, 0, sizeof within);
  within.message = message;
  message[0] = 0;
  return read_jpeg(&within, bytes, count, header, pixels);
}

bool cjpeg_read_header(const uint8_t *bytes, size_t count, cjpeg_header *header, char *message) {
  return read_fresh(bytes, count, header, NULL, message);
}

bool cjpeg_decode(const uint8_t *bytes, size_t count, const cjpeg_header *expected, uint8_t *pixels,
                  char *message) {
  cjpeg_header header = *expected;
  return read_fresh(bytes, count, &header, pixels, message);
}
