#include <stdlib.h>
#include <string.h>

#include "image_kernels.h"
#include "levels.h"

// Sums are in double precision. Those of 16-bit samples and weights of 23 bits are whole numbers below 2^53, hence exact in
// any order. Those of fractions are rounded, so the order of the taps is the same everywhere, and no multiplication is
// fused with an addition.
#pragma STDC FP_CONTRACT OFF

#define IK_BAND 16
#define IK_INLINE static inline __attribute__((always_inline))

// Eight sums; four of them stay in registers while the taps of a row are gone through.
typedef double ik_doubles __attribute__((vector_size(64)));
#define IK_VECTOR 8
#define IK_VECTORS 4
#define IK_BLOCK (IK_VECTOR * IK_VECTORS)

IK_INLINE void ik_add_16(ik_doubles *sums, double weight, const uint16_t *samples) {
  uint16_t __attribute__((vector_size(16))) loaded;
  memcpy(&loaded, samples, sizeof loaded);
  *sums += weight * __builtin_convertvector(loaded, ik_doubles);
}

IK_INLINE void ik_add_float(ik_doubles *sums, double weight, const float *samples) {
  float __attribute__((vector_size(32))) loaded;
  memcpy(&loaded, samples, sizeof loaded);
  *sums += weight * __builtin_convertvector(loaded, ik_doubles);
}

IK_INLINE uint16_t ik_rounded16(double sum) {
  const double value = __builtin_floor((sum + (1 << (IK_FRACTION_BITS - 1))) * (1.0 / (1 << IK_FRACTION_BITS)));
  return (uint16_t)(value < 0 ? 0 : value > 65535 ? 65535 : value);
}

IK_INLINE float ik_rounded_float(double sum) { return (float)sum; }

// Both passes for a type of samples. Along rows, a band of rows is laid on its side and resized along its columns.
#define IK_PASSES(TYPE, NAME, ROUNDED)                                                                                \
  IK_INLINE void ik_rows_##NAME(const TYPE *input, long stride, long length, const ik_deep_axis *axis,                \
                                TYPE *output) {                                                                       \
    for (long row = 0; row < axis->count; row++) {                                                                    \
      const TYPE *first = input + axis->starts[row] * stride;                                                         \
      const double *weights = axis->weights + row * axis->stride;                                                     \
      TYPE *target = output + row * length;                                                                           \
      long start = 0;                                                                                                 \
      for (; start + IK_BLOCK <= length; start += IK_BLOCK) {                                                         \
        ik_doubles sums[IK_VECTORS] = {0};                                                                            \
        for (long tap = 0; tap < axis->taps[row]; tap++) {                                                            \
          const TYPE *samples = first + tap * stride + start;                                                         \
          for (long i = 0; i < IK_VECTORS; i++) ik_add_##NAME(&sums[i], weights[tap], samples + i * IK_VECTOR);       \
        }                                                                                                             \
        double flat[IK_BLOCK];                                                                                        \
        memcpy(flat, sums, sizeof flat);                                                                              \
        for (long i = 0; i < IK_BLOCK; i++) target[start + i] = ROUNDED(flat[i]);                                     \
      }                                                                                                               \
      for (; start < length; start++) {                                                                               \
        double sum = 0;                                                                                               \
        for (long tap = 0; tap < axis->taps[row]; tap++) sum += weights[tap] * first[tap * stride + start];           \
        target[start] = ROUNDED(sum);                                                                                 \
      }                                                                                                               \
    }                                                                                                                 \
  }                                                                                                                   \
                                                                                                                      \
  static void ik_rows_portable_##NAME(const TYPE *input, long stride, long length, const ik_deep_axis *axis,          \
                                      TYPE *output) {                                                                 \
    ik_rows_##NAME(input, stride, length, axis, output);                                                              \
  }                                                                                                                   \
                                                                                                                      \
  IK_WIDER(TYPE, NAME)                                                                                                \
                                                                                                                      \
  void ik_resample_rows_##NAME(const TYPE *input, long stride, long length, ik_deep_axis axis, TYPE *output) {        \
    IK_CHOICE(NAME)(input, stride, length, &axis, output);                                                            \
  }                                                                                                                   \
                                                                                                                      \
  IK_INLINE void ik_lay_##NAME(const TYPE *input, long inputStride, long rows, long columns, long channels,           \
                               TYPE *output, long outputStride) {                                                     \
    for (long column = 0; column < columns; column++)                                                                 \
      for (long row = 0; row < rows; row++)                                                                           \
        for (long channel = 0; channel < channels; channel++)                                                         \
          output[column * outputStride + row * channels + channel] =                                                  \
              input[row * inputStride + column * channels + channel];                                                 \
  }                                                                                                                   \
                                                                                                                      \
  /* A pixel of a known number of channels is moved as a whole. */                                                    \
  static void ik_transpose_##NAME(const TYPE *input, long inputStride, long rows, long columns, long channels,        \
                                  TYPE *output, long outputStride) {                                                  \
    switch (channels) {                                                                                               \
      case 1: ik_lay_##NAME(input, inputStride, rows, columns, 1, output, outputStride); break;                       \
      case 3: ik_lay_##NAME(input, inputStride, rows, columns, 3, output, outputStride); break;                       \
      case 4: ik_lay_##NAME(input, inputStride, rows, columns, 4, output, outputStride); break;                       \
      default: ik_lay_##NAME(input, inputStride, rows, columns, channels, output, outputStride);                      \
    }                                                                                                                 \
  }                                                                                                                   \
                                                                                                                      \
  void ik_resample_columns_##NAME(const TYPE *input, long stride, long rows, long channels, ik_deep_axis axis,        \
                                  TYPE *output) {                                                                     \
    const long width = IK_BAND * channels;                                                                            \
    TYPE *band = malloc((size_t)(width * (axis.limit + axis.count)) * sizeof(TYPE));                                  \
    if (!band) abort();                                                                                               \
    TYPE *resized = band + width * axis.limit;                                                                        \
    for (long top = 0; top < rows; top += IK_BAND) {                                                                  \
      const long height = rows - top < IK_BAND ? rows - top : IK_BAND, length = height * channels;                    \
      ik_transpose_##NAME(input + top * stride, stride, height, axis.limit, channels, band, length);                  \
      ik_resample_rows_##NAME(band, length, length, axis, resized);                                                   \
      ik_transpose_##NAME(resized, length, axis.count, height, channels, output + top * axis.count * channels,        \
                          axis.count * channels);                                                                     \
    }                                                                                                                 \
    free(band);                                                                                                       \
  }

#if defined(__x86_64__)
#define IK_WIDER(TYPE, NAME)                                                                                          \
  IK_AVX2 static void ik_rows_avx2_##NAME(const TYPE *input, long stride, long length, const ik_deep_axis *axis,      \
                                          TYPE *output) {                                                             \
    ik_rows_##NAME(input, stride, length, axis, output);                                                              \
  }                                                                                                                   \
  IK_AVX512 static void ik_rows_avx512_##NAME(const TYPE *input, long stride, long length, const ik_deep_axis *axis,  \
                                              TYPE *output) {                                                         \
    ik_rows_##NAME(input, stride, length, axis, output);                                                              \
  }
#define IK_CHOICE(NAME)                                                                                               \
  (ik_level() == 2 ? ik_rows_avx512_##NAME : ik_level() == 1 ? ik_rows_avx2_##NAME : ik_rows_portable_##NAME)
#else
#define IK_WIDER(TYPE, NAME)
#define IK_CHOICE(NAME) ik_rows_portable_##NAME
#endif

IK_PASSES(uint16_t, 16, ik_rounded16)
IK_PASSES(float, float, ik_rounded_float)
