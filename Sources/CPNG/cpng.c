#include "cpng.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(png_structp png, png_const_charp text) {
  snprintf((char *)png_get_error_ptr(png), CPNG_MESSAGE_CAPACITY, "%s", text);
  png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

typedef struct {
  const uint8_t *next;
  size_t left;
} source;

static void read_bytes(png_structp png, png_bytep bytes, size_t count) {
  source *from = png_get_io_ptr(png);
  if (count > from->left) png_error(png, "the file ends too early");
  memcpy(bytes, from->next, count);
  from->next += count;
  from->left -= count;
}

static bool could_not_start(char *message) {
  snprintf(message, CPNG_MESSAGE_CAPACITY, "libpng could not start");
  return false;
}

// Header, and pixels where they are wanted, under one setjmp.
static bool read_png(const uint8_t *bytes, size_t count, cpng_header *header, uint8_t *pixels, char *message) {
  message[0] = 0;
  source from = {bytes, count};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    return could_not_start(message);
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return false;
  }
  png_set_read_fn(png, &from, read_bytes);
  png_read_info(png, info);
  png_set_expand(png);
  png_set_scale_16(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);

  cpng_header found = {png_get_image_width(png, info), png_get_image_height(png, info),
                       png_get_channels(png, info)};
  size_t row_bytes = png_get_rowbytes(png, info);
  if (found.channels < 1 || found.channels > 4 || row_bytes != (size_t)found.width * found.channels)
    png_error(png, "unexpected sample layout");
  if (!pixels) {
    *header = found;
  } else {
    if (memcmp(&found, header, sizeof found) != 0) png_error(png, "the header changed while reading");
    for (int pass = 0; pass < passes; pass++)
      for (uint32_t row = 0; row < found.height; row++)
        png_read_row(png, pixels + row * row_bytes, NULL);
    png_read_end(png, NULL);
  }
  png_destroy_read_struct(&png, &info, NULL);
  return true;
}

bool cpng_read_header(const uint8_t *bytes, size_t count, cpng_header *header, char *message) {
  return read_png(bytes, count, header, NULL, message);
}

bool cpng_decode(const uint8_t *bytes, size_t count, const cpng_header *expected, uint8_t *pixels,
                 char *message) {
  cpng_header header = *expected;
  return read_png(bytes, count, &header, pixels, message);
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
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore_warning);
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
  png_set_IHDR(png, info, header->width, header->height, 8,
               header->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  size_t row_bytes = (size_t)header->width * header->channels;
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
