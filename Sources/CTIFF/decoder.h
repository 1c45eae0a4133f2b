// A page at work: its samples, and the blocks (strips or tiles) that are decoded.
#pragma once
#include "memory.h"
#include "samples.h"

struct ctiff_decoder {
  ctiff_memory memory;
  TIFF *tiff;
  ctiff_samples samples;
  uint32_t width;
  uint32_t height;
  uint16_t compression;
  // Pixels of a block; a strip is as wide as the image.
  uint32_t block_width;
  uint32_t block_height;
  bool isTiled;
  // Each channel in blocks of its own.
  bool isPlanar;
  // Luma and chroma that libtiff turns into colours, packed as it packs them, the last row of a block first.
  bool isConverted;
  bool pads;

  ctiff_window window;
  uint32_t next_row;
  // Blocks of one row of them: those of the first plane from left to right, then those of the next.
  uint32_t across;
  uint32_t planes;
  size_t row_bytes;
  size_t block_bytes;
  uint8_t *band;
  size_t band_capacity;
  // Rows of the image that the blocks hold, none at the beginning, and how many of each are there.
  uint32_t band_top;
  uint32_t band_rows;
  uint32_t *rows_there;
};

/// Reads what the directory says; false, with a message in the decoder's memory, when it is not decoded.
bool ctiff_describe(ctiff_decoder *decoder, ctiff_header *header, bool *isUnsupported);
