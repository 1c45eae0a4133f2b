#if __has_include(<tiffio.h>)
#include "memory.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void note(ctiff_memory *memory, const char *format, va_list values) {
  if (!memory || memory->message[0]) return;
  vsnprintf(memory->message, CTIFF_MESSAGE_CAPACITY, format, values);
  size_t length = strlen(memory->message);
  while (length > 0 && strchr(". \n", memory->message[length - 1])) memory->message[--length] = 0;
}

void ctiff_note(ctiff_memory *memory, const char *format, ...) {
  va_list values;
  va_start(values, format);
  note(memory, format, values);
  va_end(values);
}

// Most warnings are about notes beside the image. Those of its decoders mean that pixels are wrong, other than those about
// stray bytes between the markers of a JPEG and odd fields in its headers.
static void judge_warning(ctiff_memory *memory, const char *module, const char *format, va_list values) {
  if (!module || !memory || memory->message[0]) return;
  // A JPEG smaller than its strip or tile leaves samples open.
  bool isDecoder = strncmp(module, "Fax", 3) == 0 || strcmp(module, "JPEGLib") == 0 || strcmp(module, "LibJpeg") == 0 ||
                   (strcmp(module, "JPEGPreDecode") == 0 && strstr(format, "Improper"));
  if (!isDecoder) return;
  note(memory, format, values);
  static const char *const harmless[] = {"extraneous bytes", "Adobe color", "JFIF revision", "Invalid SOS"};
  for (size_t index = 0; index < sizeof harmless / sizeof *harmless; index++)
    if (strstr(memory->message, harmless[index])) memory->message[0] = 0;
}

static tmsize_t read_bytes(thandle_t handle, void *target, tmsize_t count) {
  ctiff_memory *memory = handle;
  if (memory->position >= memory->count || count <= 0) return 0;
  size_t left = memory->count - (size_t)memory->position;
  size_t step = (size_t)count < left ? (size_t)count : left;
  memcpy(target, memory->bytes + memory->position, step);
  memory->position += step;
  return (tmsize_t)step;
}

static tmsize_t write_bytes(thandle_t handle, void *source, tmsize_t count) {
  ctiff_memory *memory = handle;
  if (memory->capacity == 0 || count <= 0) return 0;
  size_t end = (size_t)memory->position + (size_t)count;
  if (end > memory->capacity) {
    size_t capacity = end + end / 2;
    uint8_t *grown = realloc(memory->bytes, capacity);
    if (!grown) return 0;
    memory->bytes = grown;
    memory->capacity = capacity;
  }
  if (memory->position > memory->count)
    memset(memory->bytes + memory->count, 0, (size_t)memory->position - memory->count);
  memcpy(memory->bytes + memory->position, source, (size_t)count);
  memory->position = end;
  if (end > memory->count) memory->count = end;
  return count;
}

static toff_t seek(thandle_t handle, toff_t offset, int origin) {
  ctiff_memory *memory = handle;
  if (origin == SEEK_CUR) offset += memory->position;
  if (origin == SEEK_END) offset += memory->count;
  return memory->position = offset;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size(thandle_t handle) { return ((ctiff_memory *)handle)->count; }

// What is read lies in memory already; libtiff writes nothing to it.
static int map(thandle_t handle, void **base, toff_t *length) {
  ctiff_memory *memory = handle;
  if (memory->capacity > 0) return 0;
  *base = memory->bytes;
  *length = memory->count;
  return 1;
}

static void unmap(thandle_t handle, void *base, toff_t length) {
  (void)handle;
  (void)base;
  (void)length;
}

#if TIFFLIB_VERSION >= 20221213
// libtiff 4.5: handlers and limits of each handle.
static int take_error(TIFF *tiff, void *memory, const char *module, const char *format, va_list values) {
  (void)tiff;
  (void)module;
  note(memory, format, values);
  return 1;
}

static int take_warning(TIFF *tiff, void *memory, const char *module, const char *format, va_list values) {
  (void)tiff;
  judge_warning(memory, module, format, values);
  return 1;
}

TIFF *ctiff_open_memory(ctiff_memory *memory, const char *mode) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return NULL;
  // What libtiff takes at once is the content of a directory entry, or a strip of which it makes another kind of samples.
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)((256u << 20) + 2 * memory->count));
  TIFFOpenOptionsSetErrorHandlerExtR(options, take_error, memory);
  TIFFOpenOptionsSetWarningHandlerExtR(options, take_warning, memory);
  TIFF *tiff = TIFFClientOpenExt("TIFF", mode, memory, read_bytes, write_bytes, seek, close_nothing, size, map, unmap,
                                 options);
  TIFFOpenOptionsFree(options);
  return tiff;
}
#else
// Before libtiff 4.5 handlers are of the process; they find the handle's memory by its client data.
static void take_error(thandle_t memory, const char *module, const char *format, va_list values) {
  (void)module;
  note(memory, format, values);
}

static void take_warning(thandle_t memory, const char *module, const char *format, va_list values) {
  judge_warning(memory, module, format, values);
}

static void install_handlers(void) {
  TIFFSetErrorHandler(NULL);
  TIFFSetWarningHandler(NULL);
  TIFFSetErrorHandlerExt(take_error);
  TIFFSetWarningHandlerExt(take_warning);
}

TIFF *ctiff_open_memory(ctiff_memory *memory, const char *mode) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install_handlers);
  return TIFFClientOpen("TIFF", mode, memory, read_bytes, write_bytes, seek, close_nothing, size, map, unmap);
}
#endif
#endif
