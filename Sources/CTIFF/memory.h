// A TIFF in memory, and what libtiff has said about it.
#pragma once
#include "ctiff.h"

#include <tiffio.h>

typedef struct {
  // What is read, or has been written.
  uint8_t *bytes;
  size_t count;
  // Room for what is written; 0 of what is only read.
  size_t capacity;
  uint64_t position;
  // The first error since it was cleared.
  char message[CTIFF_MESSAGE_CAPACITY];
} ctiff_memory;

/// Opens a handle on `memory`, which must outlive it. `mode` as of TIFFOpen. NULL, with a message in `memory`, when that fails.
TIFF *ctiff_open_memory(ctiff_memory *memory, const char *mode);

/// Notes an error where none is noted yet.
__attribute__((format(printf, 2, 3))) void ctiff_note(ctiff_memory *memory, const char *format, ...);
