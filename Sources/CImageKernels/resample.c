#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "image_kernels.h"
#include "levels.h"

// Sums start at a half, so that the shift rounds.
#define IK_HALF (1 << (IK_FRACTION_BITS - 1))

int ik_level_limit = 2;
void ik_limit_level(int level) { ik_level_limit = level; }

static inline int32_t ik_weight(const ik_axis *axis, long position, long tap) {
  const uint32_t *words = axis->weights + 2 * (position * axis->stride + tap / 2);
  const int shift = tap % 2 * 16;
  return ((int32_t)(int16_t)(words[1] >> shift) << IK_LOW_BITS) + (int32_t)(words[0] >> shift & 0xffff);
}

// How many taps of a position exist.
static inline long ik_taps(const ik_axis *axis, long position) {
  const long taps = 2 * (long)axis->pairs[position], left = axis->limit - axis->starts[position];
  return taps < left ? taps : left;
}

static inline uint8_t ik_clamped(int32_t value) { return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value; }

static uint8_t *ik_allocate(long bytes) {
  uint8_t *memory = calloc(1, (size_t)bytes);
  if (!memory) abort();
  return memory;
}

#define IK_BLOCK 64

static void ik_rows_portable(const uint8_t *input, long stride, long length, const ik_axis *axis, uint8_t *output) {
  for (long row = 0; row < axis->count; row++) {
    const uint8_t *first = input + axis->starts[row] * stride;
    const long taps = ik_taps(axis, row);
    for (long start = 0; start < length; start += IK_BLOCK) {
      const long size = length - start < IK_BLOCK ? length - start : IK_BLOCK;
      int32_t sums[IK_BLOCK];
      for (long i = 0; i < IK_BLOCK; i++) sums[i] = IK_HALF;
      for (long tap = 0; tap < taps; tap++) {
        const int32_t weight = ik_weight(axis, row, tap);
        const uint8_t *bytes = first + tap * stride + start;
        for (long i = 0; i < size; i++) sums[i] += bytes[i] * weight;
      }
      uint8_t *target = output + row * length + start;
      for (long i = 0; i < size; i++) target[i] = ik_clamped(sums[i] >> IK_FRACTION_BITS);
    }
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

// What the two kernels below share: bytes of two rows side by side become pairs of 16-bit numbers, four vectors of pairs
// from two of bytes. The packs at the end undo the order that the unpacks made.
#define IK_ROWS_KERNEL(NAME, TARGET, WIDTH, VECTOR, PREFIX, SUFFIX, ACCUMULATE)                                     \
  TARGET static void NAME(const uint8_t *input, long stride, long length, const ik_axis *axis, uint8_t *output) {   \
    const VECTOR zero = PREFIX##_setzero_##SUFFIX();                                                                \
    for (long row = 0; row < axis->count; row++) {                                                                  \
      const uint8_t *first = input + axis->starts[row] * stride;                                                    \
      const uint32_t *weights = axis->weights + 2 * row * axis->stride;                                             \
      const long pairs = axis->pairs[row], taps = ik_taps(axis, row);                                               \
      for (long start = 0; start < length; start += WIDTH) {                                                        \
        const long place = start + WIDTH <= length ? start : length - WIDTH;                                        \
        VECTOR low[4], high[4];                                                                                     \
        for (int i = 0; i < 4; i++) {                                                                               \
          low[i] = PREFIX##_set1_epi32(IK_HALF);                                                                    \
          high[i] = zero;                                                                                           \
        }                                                                                                           \
        for (long pair = 0; pair < pairs; pair++) {                                                                 \
          const uint8_t *bytes = first + 2 * pair * stride + place;                                                 \
          const VECTOR a = PREFIX##_loadu_##SUFFIX((const void *)bytes);                                            \
          const VECTOR b =                                                                                          \
              2 * pair + 1 < taps ? PREFIX##_loadu_##SUFFIX((const void *)(bytes + stride)) : zero;                 \
          const VECTOR lower = PREFIX##_unpacklo_epi8(a, b), upper = PREFIX##_unpackhi_epi8(a, b);                  \
          const VECTOR values[4] = {                                                                                \
              PREFIX##_unpacklo_epi8(lower, zero), PREFIX##_unpackhi_epi8(lower, zero),                             \
              PREFIX##_unpacklo_epi8(upper, zero), PREFIX##_unpackhi_epi8(upper, zero)};                            \
          const VECTOR lowWeights = PREFIX##_set1_epi32((int)weights[2 * pair]);                                    \
          const VECTOR highWeights = PREFIX##_set1_epi32((int)weights[2 * pair + 1]);                               \
          for (int i = 0; i < 4; i++) {                                                                             \
            low[i] = ACCUMULATE(low[i], values[i], lowWeights);                                                     \
            high[i] = ACCUMULATE(high[i], values[i], highWeights);                                                  \
          }                                                                                                         \
        }                                                                                                           \
        for (int i = 0; i < 4; i++)                                                                                 \
          low[i] = PREFIX##_srai_epi32(                                                                             \
              PREFIX##_add_epi32(low[i], PREFIX##_slli_epi32(high[i], IK_LOW_BITS)), IK_FRACTION_BITS);             \
        PREFIX##_storeu_##SUFFIX(                                                                                   \
            (void *)(output + row * length + place),                                                                \
            PREFIX##_packus_epi16(PREFIX##_packs_epi32(low[0], low[1]), PREFIX##_packs_epi32(low[2], low[3])));     \
      }                                                                                                             \
    }                                                                                                               \
  }

#define IK_MULTIPLY_ADD(sum, values, weights) _mm256_add_epi32(sum, _mm256_madd_epi16(values, weights))
IK_ROWS_KERNEL(ik_rows_avx2, IK_AVX2, 32, __m256i, _mm256, si256, IK_MULTIPLY_ADD)
IK_ROWS_KERNEL(ik_rows_avx512, IK_AVX512, 64, __m512i, _mm512, si512, _mm512_dpwssd_epi32)

// The bytes that a load of four RGB pixels reads.
#define IK_LOAD 16
// Four RGB pixels as pairs of 16-bit numbers: red, green and blue of pixels 0 and 1, and of pixels 2 and 3.
#define IK_PAIR(a) 0 + 6 * a, -1, 3 + 6 * a, -1, 1 + 6 * a, -1, 4 + 6 * a, -1, 2 + 6 * a, -1, 5 + 6 * a, -1, -1, -1, -1, -1

static inline __attribute__((always_inline)) void ik_store_pixel(uint8_t *target, uint32_t pixel, bool isLast) {
  if (isLast) {
    memcpy(target, &pixel, 2);
    target[2] = (uint8_t)(pixel >> 16);
  } else {
    memcpy(target, &pixel, 4);  // the fourth byte is overwritten by the next pixel
  }
}

// Two rows at a time, a row a lane of 128 bits.
IK_AVX2 static void ik_columns_avx2(const uint8_t *const rows[2], const ik_axis *axis, uint8_t *const outputs[2]) {
  const __m256i first = _mm256_broadcastsi128_si256(_mm_setr_epi8(IK_PAIR(0)));
  const __m256i second = _mm256_broadcastsi128_si256(_mm_setr_epi8(IK_PAIR(1)));
  for (long column = 0; column < axis->count; column++) {
    const uint32_t *weights = axis->weights + 2 * column * axis->stride;
    long offset = 3 * axis->starts[column];
    __m256i low = _mm256_set1_epi32(IK_HALF), high = _mm256_setzero_si256();
    for (long pair = 0; pair < axis->pairs[column]; pair += 2, offset += 12, weights += 4) {
      const __m256i pixels = _mm256_inserti128_si256(
          _mm256_castsi128_si256(_mm_loadu_si128((const void *)(rows[0] + offset))),
          _mm_loadu_si128((const void *)(rows[1] + offset)), 1);
      const __m256i a = _mm256_shuffle_epi8(pixels, first), b = _mm256_shuffle_epi8(pixels, second);
      low = IK_MULTIPLY_ADD(low, a, _mm256_set1_epi32((int)weights[0]));
      high = IK_MULTIPLY_ADD(high, a, _mm256_set1_epi32((int)weights[1]));
      low = IK_MULTIPLY_ADD(low, b, _mm256_set1_epi32((int)weights[2]));
      high = IK_MULTIPLY_ADD(high, b, _mm256_set1_epi32((int)weights[3]));
    }
    __m256i sums = _mm256_srai_epi32(_mm256_add_epi32(low, _mm256_slli_epi32(high, IK_LOW_BITS)), IK_FRACTION_BITS);
    sums = _mm256_packs_epi32(sums, sums);
    sums = _mm256_packus_epi16(sums, sums);
    const bool isLast = column == axis->count - 1;
    ik_store_pixel(outputs[0] + 3 * column, (uint32_t)_mm256_extract_epi32(sums, 0), isLast);
    ik_store_pixel(outputs[1] + 3 * column, (uint32_t)_mm256_extract_epi32(sums, 4), isLast);
  }
}

// The sums of one column for four rows, a row a lane of 128 bits.
IK_AVX512 static inline __attribute__((always_inline)) __m512i ik_column_sums(const uint8_t *const rows[4],
                                                                              const ik_axis *axis, long column) {
  const __m512i first = _mm512_broadcast_i32x4(_mm_setr_epi8(IK_PAIR(0)));
  const __m512i second = _mm512_broadcast_i32x4(_mm_setr_epi8(IK_PAIR(1)));
  const uint32_t *weights = axis->weights + 2 * column * axis->stride;
  long offset = 3 * axis->starts[column];
  __m512i low = _mm512_set1_epi32(IK_HALF), high = _mm512_setzero_si512();
  for (long pair = 0; pair < axis->pairs[column]; pair += 2, offset += 12, weights += 4) {
    __m512i pixels = _mm512_castsi128_si512(_mm_loadu_si128((const void *)(rows[0] + offset)));
    pixels = _mm512_inserti32x4(pixels, _mm_loadu_si128((const void *)(rows[1] + offset)), 1);
    pixels = _mm512_inserti32x4(pixels, _mm_loadu_si128((const void *)(rows[2] + offset)), 2);
    pixels = _mm512_inserti32x4(pixels, _mm_loadu_si128((const void *)(rows[3] + offset)), 3);
    const __m512i a = _mm512_shuffle_epi8(pixels, first), b = _mm512_shuffle_epi8(pixels, second);
    low = _mm512_dpwssd_epi32(low, a, _mm512_set1_epi32((int)weights[0]));
    high = _mm512_dpwssd_epi32(high, a, _mm512_set1_epi32((int)weights[1]));
    low = _mm512_dpwssd_epi32(low, b, _mm512_set1_epi32((int)weights[2]));
    high = _mm512_dpwssd_epi32(high, b, _mm512_set1_epi32((int)weights[3]));
  }
  return _mm512_srai_epi32(_mm512_add_epi32(low, _mm512_slli_epi32(high, IK_LOW_BITS)), IK_FRACTION_BITS);
}

// Four rows at a time, four columns at a time; the last four columns may overlap those before them.
IK_AVX512 static void ik_columns_avx512(const uint8_t *const rows[4], const ik_axis *axis, uint8_t *const outputs[4]) {
  // Without every fourth byte.
  const __m512i dense = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1));
  for (long start = 0; start < axis->count; start += 4) {
    const long column = start + 4 <= axis->count ? start : axis->count - 4;
    const __m512i a = ik_column_sums(rows, axis, column), b = ik_column_sums(rows, axis, column + 1);
    const __m512i c = ik_column_sums(rows, axis, column + 2), d = ik_column_sums(rows, axis, column + 3);
    const __m512i pixels = _mm512_shuffle_epi8(
        _mm512_packus_epi16(_mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d)), dense);
    const __m128i lines[4] = {_mm512_castsi512_si128(pixels), _mm512_extracti32x4_epi32(pixels, 1),
                              _mm512_extracti32x4_epi32(pixels, 2), _mm512_extracti32x4_epi32(pixels, 3)};
    for (int i = 0; i < 4; i++) {
      if (3 * column + IK_LOAD > 3 * axis->count)
        memcpy(outputs[i] + 3 * column, &lines[i], 12);
      else
        _mm_storeu_si128((void *)(outputs[i] + 3 * column), lines[i]);  // what is too much is overwritten
    }
  }
}

// Rows of RGB. Loads reach beyond the last pixel of a row: into the next row, or a copy where there is none. A group that
// is not full takes its last row several times.
static bool ik_columns_rgb(const uint8_t *input, long stride, long rows, const ik_axis *axis, uint8_t *output) {
  const int level = ik_level();
  if (level == 0 || stride < 4 * IK_LOAD || axis->count < 4) return false;
  const long group = level == 2 ? 4 : 2, bytes = 3 * axis->limit, row_bytes = 3 * axis->count;
  uint8_t *last = ik_allocate(bytes + 4 * IK_LOAD + row_bytes), *spare = last + bytes + 4 * IK_LOAD;
  memcpy(last, input + (rows - 1) * stride, (size_t)bytes);
  for (long top = 0; top < rows; top += group) {
    const uint8_t *sources[4];
    uint8_t *targets[4];
    for (long i = 0; i < group; i++) {
      const long row = top + i;
      sources[i] = row < rows - 1 ? input + row * stride : last;
      targets[i] = row < rows ? output + row * row_bytes : spare;
    }
    if (level == 2)
      ik_columns_avx512(sources, axis, targets);
    else
      ik_columns_avx2(sources, axis, targets);
  }
  free(last);
  return true;
}

void ik_resample_rows(const uint8_t *input, long stride, long length, ik_axis axis, uint8_t *output) {
  const int level = ik_level();
  if (level == 2 && length >= 64)
    ik_rows_avx512(input, stride, length, &axis, output);
  else if (level >= 1 && length >= 32)
    ik_rows_avx2(input, stride, length, &axis, output);
  else
    ik_rows_portable(input, stride, length, &axis, output);
}

#else
static bool ik_columns_rgb(const uint8_t *input, long stride, long rows, const ik_axis *axis, uint8_t *output) {
  return false;
}

void ik_resample_rows(const uint8_t *input, long stride, long length, ik_axis axis, uint8_t *output) {
  ik_rows_portable(input, stride, length, &axis, output);
}
#endif

// Pixels of `channels` bytes, rows and columns exchanged.
static void ik_transpose(const uint8_t *input, long inputStride, long rows, long columns, long channels,
                         uint8_t *output, long outputStride) {
  for (long row = 0; row < rows; row++)
    for (long column = 0; column < columns; column++)
      for (long channel = 0; channel < channels; channel++)
        output[column * outputStride + row * channels + channel] =
            input[row * inputStride + column * channels + channel];
}

#define IK_BAND 32

void ik_resample_columns(const uint8_t *input, long stride, long rows, long channels, ik_axis axis, uint8_t *output) {
  if (channels == 3 && ik_columns_rgb(input, stride, rows, &axis, output)) return;
  // A band of rows is laid on its side and resized along its columns.
  const long width = IK_BAND * channels;
  uint8_t *band = ik_allocate(width * (axis.limit + axis.count));
  uint8_t *resized = band + width * axis.limit;
  for (long top = 0; top < rows; top += IK_BAND) {
    const long height = rows - top < IK_BAND ? rows - top : IK_BAND, length = height * channels;
    ik_transpose(input + top * stride, stride, height, axis.limit, channels, band, length);
    ik_resample_rows(band, length, length, axis, resized);
    ik_transpose(resized, length, axis.count, height, channels, output + top * axis.count * channels,
                 axis.count * channels);
  }
  free(band);
}
