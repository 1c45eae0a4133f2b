#include "cpng.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What is wrong with a header is said by the warning before the error.
static void fail(png_structp png, png_const_charp text) {
  char *message = png_get_error_ptr(png);
  if (strcmp(text, "Invalid IHDR data") != 0 || !message[0])
    snprintf(message, CPNG_MESSAGE_CAPACITY, "%s", text);
  png_longjmp(png, 1);
}

// Damage to notes about the image leaves its pixels; damage to the transparency does not.
static void judge_warning(png_structp png, png_const_charp text) {
  if (strcmp(text, "tRNS: CRC error") == 0) png_error(png, text);
  snprintf((char *)png_get_error_ptr(png), CPNG_MESSAGE_CAPACITY, "%s", text);
}

struct cpng_decoder {
  png_structp png;
  png_infop info;
  const uint8_t *next;
  size_t left;
  size_t row_bytes;
  uint32_t height;
  int passes;
  bool pads;
  bool isCutShort;
};

static void read_bytes(png_structp png, png_bytep bytes, size_t count) {
  cpng_decoder *from = png_get_io_ptr(png);
  if (count > from->left) {
    from->isCutShort = true;
    png_error(png, "the file ends too early");
  }
  memcpy(bytes, from->next, count);
  from->next += count;
  from->left -= count;
}

static bool could_not_start(char *message) {
  snprintf(message, CPNG_MESSAGE_CAPACITY, "libpng could not start");
  return false;
}

// Errors go to the message of the present call.
static void report_to(cpng_decoder *decoder, char *message) {
  message[0] = 0;
  png_set_error_fn(decoder->png, message, fail, judge_warning);
}

cpng_decoder *cpng_open(const uint8_t *bytes, size_t count, bool pads, cpng_header *header, char *message) {
  cpng_decoder *decoder = calloc(1, sizeof *decoder);
  if (!decoder) {
    could_not_start(message);
    return NULL;
  }
  decoder->next = bytes;
  decoder->left = count;
  decoder->pads = pads;
  decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, judge_warning);
  decoder->info = decoder->png ? png_create_info_struct(decoder->png) : NULL;
  if (!decoder->info) {
    could_not_start(message);
    cpng_close(decoder);
    return NULL;
  }
  png_structp png = decoder->png;
  png_infop info = decoder->info;
  message[0] = 0;
  if (setjmp(png_jmpbuf(png))) {
    cpng_close(decoder);
    return NULL;
  }
  png_set_read_fn(png, decoder, read_bytes);
  // Text, profiles and other notes are passed over: none is kept or inflated, so none can be too large.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_chunk_malloc_max(png, 0);
  // Of data that end early, all but the last few bytes are of use.
  if (pads) png_set_compression_buffer_size(png, 64);
  png_read_info(png, info);
  png_set_expand(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  png_set_swap(png);
#endif
  decoder->passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  *header = (cpng_header){png_get_image_width(png, info), png_get_image_height(png, info),
                          png_get_channels(png, info), png_get_bit_depth(png, info) / 8, decoder->passes > 1};
  decoder->height = header->height;
  decoder->row_bytes = png_get_rowbytes(png, info);
  if (header->channels < 1 || header->channels > 4 || header->depth < 1 ||
      decoder->row_bytes != (size_t)header->width * header->channels * header->depth)
    png_error(png, "unexpected sample layout");
  return decoder;
}

// Rows that the data do not reach: mid-gray.
static bool pad(cpng_decoder *decoder, uint8_t *rows, uint32_t from, uint32_t count) {
  if (!decoder->pads || !decoder->isCutShort) return false;
  memset(rows + from * decoder->row_bytes, 128, (count - from) * decoder->row_bytes);
  return true;
}

bool cpng_read(cpng_decoder *decoder, uint8_t *rows, uint32_t count, char *message) {
  report_to(decoder, message);
  if (decoder->isCutShort) return pad(decoder, rows, 0, count);
  volatile uint32_t row = 0;
  volatile int pass = 0;
  // Passes fill in what earlier ones left open; without the later ones it stays gray.
  if (decoder->passes > 1 && decoder->pads) memset(rows, 128, count * decoder->row_bytes);
  if (setjmp(png_jmpbuf(decoder->png))) return pad(decoder, rows, pass == 0 ? row : count, count);
  for (; pass < decoder->passes; pass++)
    for (row = 0; row < count; row++) png_read_row(decoder->png, rows + row * decoder->row_bytes, NULL);
  return true;
}

bool cpng_finish(cpng_decoder *decoder, char *message) {
  report_to(decoder, message);
  if (decoder->isCutShort) return decoder->pads;
  if (setjmp(png_jmpbuf(decoder->png))) return decoder->pads && decoder->isCutShort;
  png_read_end(decoder->png, NULL);
  return true;
}

void cpng_close(cpng_decoder *decoder) {
  png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
  free(decoder);
}

typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} sink;

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
  sink *to = png_get_io_ptr(png);
  if (count > to->capacity - to->count) {
    size_t capacity = to->capacity + count + to->capacity / 2 + 4096;
    uint8_t *grown = realloc(to->bytes, capacity);
    if (!grown) png_error(png, "out of memory");
    to->bytes = grown;
    to->capacity = capacity;
  }
  memcpy(to->bytes + to->count, bytes, count);
  to->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

static bool write_png(const uint8_t *pixels, const cpng_header *header, sink *to, char *message) {
  message[0] = 0;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, judge_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_write_struct(&png, NULL);
    return could_not_start(message);
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    return false;
  }
  png_set_write_fn(png, to, write_bytes, flush_nothing);
  static const int color_types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                    PNG_COLOR_TYPE_RGB_ALPHA};
  png_set_IHDR(png, info, header->width, header->height, (int)header->depth * 8, color_types[header->channels - 1],
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (header->depth == 2) png_set_swap(png);
#endif
  size_t row_bytes = (size_t)header->width * header->channels * header->depth;
  for (uint32_t row = 0; row < header->height; row++) png_write_row(png, pixels + row * row_bytes);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return true;
}

bool cpng_encode(const uint8_t *pixels, const cpng_header *header, uint8_t **output, size_t *size,
                 char *message) {
  sink to = {NULL, 0, 0};
  bool written = write_png(pixels, header, &to, message);
  if (!written) free(to.bytes);
  *output = written ? to.bytes : NULL;
  *size = written ? to.count : 0;
  return written;
}

const char *cpng_library_version(void) { return png_get_libpng_ver(NULL); }
