// Samples as a TIFF stores them, and how they become those that are delivered.
#pragma once
#include "ctiff.h"

typedef struct {
  uint32_t bits;
  bool isSigned;
  bool isFloatingPoint;
  // Samples a pixel as they are stored.
  uint32_t channels;
  ctiff_sample_format format;
  // Colour channels, which come first, are inverted: white is 0, or they are amounts of ink.
  uint32_t inverted;
  bool isPremultipliedGray;
  // Red, green and blue of each index, or NULL.
  uint8_t *palette;
  // What missing samples hold, where that is said.
  bool hasMissing;
  double missing;
  // What becomes of each stored sample of at most 16 bits, of inverted channels and of others; NULL where it stays.
  uint16_t *tables[2];
} ctiff_samples;

/// Samples a pixel as they are delivered.
uint32_t ctiff_delivered_channels(const ctiff_samples *samples);

/// Bytes of a delivered sample.
uint32_t ctiff_sample_bytes(const ctiff_samples *samples);

/// Makes the tables; false when memory runs out.
bool ctiff_prepare_samples(ctiff_samples *samples);

void ctiff_free_samples(ctiff_samples *samples);

/// Converts `columns` pixels at `source`, which has `count` channels from the one numbered `first` on, to their places in
/// the pixels at `target`.
void ctiff_convert(const ctiff_samples *samples, const uint8_t *source, uint32_t first, uint32_t count,
                   uint32_t columns, void *target);

/// What has to be done when all channels of a row are there.
void ctiff_finish_row(const ctiff_samples *samples, uint32_t columns, void *target);

/// Pixels that are not there: mid-gray, or not a number.
void ctiff_fill(const ctiff_samples *samples, uint32_t columns, void *target);
