// The two passes of a resize, compiled for several instruction sets and chosen at run time; equal to the bit.
#pragma once
#include <stdint.h>

/// Fraction bits of a weight.
#define IK_FRACTION_BITS 22
/// A weight w is split as w = high·2^14 + low, 0 <= low < 2^14, so that both parts fit in 16 bits.
#define IK_LOW_BITS 14

/// What each output position of an axis gathers.
typedef struct {
  /// Number of output positions.
  long count;
  /// The first input position of each.
  const int32_t *starts;
  /// How many pairs of neighbouring input positions each gathers; the last may have weight 0 and not exist.
  const int32_t *pairs;
  /// The weights of output position i, from index 2·i·stride: for each pair the two low parts in one word, the first in
  /// its lower half, then the two high parts.
  const uint32_t *weights;
  /// Room for pairs of one output position.
  long stride;
  /// Number of input positions; those beyond are never read, whatever the pairs say.
  long limit;
} ik_axis;

/// Along columns: `axis.count` packed output rows of `length` bytes from rows `stride` bytes apart.
void ik_resample_rows(const uint8_t *input, long stride, long length, ik_axis axis, uint8_t *output);

/// Along rows: `rows` packed output rows of `axis.count` pixels of `channels` bytes from rows `stride` bytes apart.
void ik_resample_columns(const uint8_t *input, long stride, long rows, long channels, ik_axis axis, uint8_t *output);

/// What each output position of an axis gathers of samples of more than 8 bits.
typedef struct {
  /// Number of output positions.
  long count;
  /// The first input position of each.
  const int32_t *starts;
  /// How many input positions each gathers.
  const int32_t *taps;
  /// The weights of output position i, from index i·stride: of 16-bit samples times 2^22 and rounded, of fractions as they
  /// are.
  const double *weights;
  /// Room for the weights of one output position.
  long stride;
  /// Number of input positions.
  long limit;
} ik_deep_axis;

/// As `ik_resample_rows` and `ik_resample_columns`; lengths and strides are in samples.
void ik_resample_rows_16(const uint16_t *input, long stride, long length, ik_deep_axis axis, uint16_t *output);
void ik_resample_columns_16(const uint16_t *input, long stride, long rows, long channels, ik_deep_axis axis,
                            uint16_t *output);
void ik_resample_rows_float(const float *input, long stride, long length, ik_deep_axis axis, float *output);
void ik_resample_columns_float(const float *input, long stride, long rows, long channels, ik_deep_axis axis,
                               float *output);

/// Keeps to instruction sets up to a level, for tests: 0 portable, 1 AVX2, 2 AVX-512 with VNNI.
void ik_limit_level(int level);
