#include "cjpeg.h"

#include <stdio.h>

#include <jpeglib.h>

#include <setjmp.h>
#include <stdlib.h>

// libjpeg's own destination in memory loses its buffer when an error ends it; this one can always be freed.
typedef struct {
  struct jpeg_error_mgr handlers;  // first: `jpeg.err` points at it and at the encoder alike
  struct jpeg_destination_mgr destination;
  struct jpeg_compress_struct jpeg;
  jmp_buf jump;
  char *message;
  uint8_t *bytes;
  size_t capacity;
} encoder;

static void fail(j_common_ptr jpeg) {
  encoder *self = (encoder *)jpeg->err;
  jpeg->err->format_message(jpeg, self->message);
  longjmp(self->jump, 1);
}

static void print_nothing(j_common_ptr jpeg) { (void)jpeg; }

// Called when the buffer is full, whatever the destination's counters say.
static boolean grow(j_compress_ptr jpeg) {
  encoder *self = (encoder *)jpeg->err;
  const size_t used = self->capacity;
  const size_t capacity = used ? 2 * used : 1 << 16;
  uint8_t *grown = realloc(self->bytes, capacity);
  if (!grown) {
    snprintf(self->message, CJPEG_MESSAGE_CAPACITY, "out of memory");
    longjmp(self->jump, 1);
  }
  self->bytes = grown;
  self->capacity = capacity;
  self->destination.next_output_byte = grown + used;
  self->destination.free_in_buffer = capacity - used;
  return TRUE;
}

static void begin(j_compress_ptr jpeg) { grow(jpeg); }

static void end(j_compress_ptr jpeg) { (void)jpeg; }

static bool compress(encoder *self, const uint8_t *pixels, const cjpeg_header *header, int quality,
                     bool halves_chroma) {
  j_compress_ptr jpeg = &self->jpeg;
  jpeg->err = jpeg_std_error(&self->handlers);
  self->handlers.error_exit = fail;
  self->handlers.output_message = print_nothing;
  if (setjmp(self->jump)) return false;
  jpeg_create_compress(jpeg);
  self->destination.init_destination = begin;
  self->destination.empty_output_buffer = grow;
  self->destination.term_destination = end;
  jpeg->dest = &self->destination;
  jpeg->image_width = header->width;
  jpeg->image_height = header->height;
  jpeg->input_components = (int)header->channels;
  jpeg->in_color_space = header->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(jpeg);
  jpeg_set_quality(jpeg, quality, TRUE);
  jpeg->dct_method = JDCT_ISLOW;
  jpeg->optimize_coding = TRUE;
  if (header->channels == 3 && !halves_chroma)
    jpeg->comp_info[0].h_samp_factor = jpeg->comp_info[0].v_samp_factor = 1;
  jpeg_start_compress(jpeg, TRUE);
  const size_t row_bytes = (size_t)header->width * header->channels;
  while (jpeg->next_scanline < jpeg->image_height) {
    JSAMPROW row = (JSAMPROW)(pixels + jpeg->next_scanline * row_bytes);
    jpeg_write_scanlines(jpeg, &row, 1);
  }
  jpeg_finish_compress(jpeg);
  return true;
}

bool cjpeg_encode(const uint8_t *pixels, const cjpeg_header *header, int quality, bool halves_chroma,
                  uint8_t **output, size_t *size, char *message) {
  message[0] = 0;
  encoder *self = calloc(1, sizeof *self);
  if (!self) {
    snprintf(message, CJPEG_MESSAGE_CAPACITY, "out of memory");
    return false;
  }
  self->message = message;
  const bool written = compress(self, pixels, header, quality, halves_chroma);
  *size = written ? self->capacity - self->destination.free_in_buffer : 0;
  *output = written ? self->bytes : NULL;
  if (!written) free(self->bytes);
  jpeg_destroy_compress(&self->jpeg);
  free(self);
  return written;
}
