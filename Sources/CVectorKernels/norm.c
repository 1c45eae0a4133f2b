#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "dispatch.h"
#include "square_root.h"

static inline __attribute__((always_inline)) void vk_norm_rows(const bool isCentred, const vk_real *x, const vk_real *weight,
                                                               const vk_real *bias, vk_real *y, vk_real *mean,
                                                               vk_real *inverse, long rows, long width, long counted,
                                                               vk_real epsilon) {
  VK_FAST_REDUCTION
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * width;
    vk_real *restrict output = y + row * width;
    vk_real shift = 0, squares = 0;
    if (isCentred) {
      vk_real sum = 0;
      for (long i = 0; i < width; i++) sum += input[i];
      shift = sum / (vk_real)width;
      mean[row] = shift;
    }
    // Around the mean in a second pass: an offset far above the spread costs no digits.
    for (long i = 0; i < counted; i++) squares += (input[i] - shift) * (input[i] - shift);
    const vk_real scale = 1 / VK_SQRT(squares / (vk_real)counted + epsilon);
    inverse[row] = scale;
    if (weight && bias)
      for (long i = 0; i < width; i++) output[i] = (input[i] - shift) * scale * weight[i] + bias[i];
    else if (weight)
      for (long i = 0; i < width; i++) output[i] = (input[i] - shift) * scale * weight[i];
    else if (bias)
      for (long i = 0; i < width; i++) output[i] = (input[i] - shift) * scale + bias[i];
    else  // a choice inside of the loop would keep it from being vectorised
      for (long i = 0; i < width; i++) output[i] = (input[i] - shift) * scale;
  }
}

VK_CLONES
void vk_norm(const vk_real *x, const vk_real *weight, const vk_real *bias, vk_real *y, vk_real *mean, vk_real *inverse,
             long rows, long width, long counted, vk_real epsilon) {
  if (mean)
    vk_norm_rows(true, x, weight, bias, y, mean, inverse, rows, width, width, epsilon);
  else
    vk_norm_rows(false, x, weight, bias, y, mean, inverse, rows, width, counted, epsilon);
}

static inline __attribute__((always_inline)) void vk_norm_backward_rows(
    const bool isCentred, const bool hasWeight, const bool accumulates, const vk_real *x, const vk_real *weight,
    const vk_real *dy, const vk_real *mean, const vk_real *inverse, vk_real *dx, vk_real *restrict dWeight,
    vk_real *restrict dBias, long rows, long width, long counted) {
  VK_FAST_REDUCTION
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * width, *g = dy + row * width;
    const vk_real shift = isCentred ? mean[row] : 0, scale = inverse[row];
    if (dBias)
      for (long i = 0; i < width; i++) dBias[i] += g[i];
    if (dWeight)
      for (long i = 0; i < width; i++) dWeight[i] += g[i] * ((input[i] - shift) * scale);
    if (!dx) continue;
    // h = weight∘dy; dx = (h − mean h − x̂·mean(h∘x̂))·scale, the last term for the entries that the scale is taken from
    vk_real sum = 0, product = 0;
    for (long i = 0; i < width; i++) {
      vk_real h = hasWeight ? weight[i] * g[i] : g[i];
      if (isCentred) sum += h;
      product += h * (input[i] - shift);
    }
    const vk_real meanH = sum / (vk_real)width, slope = product * scale * scale / (vk_real)counted;
    vk_real *target = dx + row * width;
#pragma clang loop vectorize(assume_safety)
    for (long i = 0; i < counted; i++) {
      vk_real h = hasWeight ? weight[i] * g[i] : g[i];
      vk_real value = (h - meanH - (input[i] - shift) * slope) * scale;
      target[i] = accumulates ? target[i] + value : value;
    }
    if (isCentred) continue;
#pragma clang loop vectorize(assume_safety)
    for (long i = counted; i < width; i++) {
      vk_real value = (hasWeight ? weight[i] * g[i] : g[i]) * scale;
      target[i] = accumulates ? target[i] + value : value;
    }
  }
}

VK_CLONES
void vk_norm_backward(const vk_real *x, const vk_real *weight, const vk_real *dy, const vk_real *mean,
                      const vk_real *inverse, vk_real *dx, int accumulates, vk_real *dWeight, vk_real *dBias, long rows,
                      long width, long counted) {
#define VK_ROWS(centred, weighted, adds)                                                                          \
  vk_norm_backward_rows(centred, weighted, adds, x, weight, dy, mean, inverse, dx, dWeight, dBias, rows, width, \
                        centred ? width : counted)
#define VK_WEIGHTED(centred, weighted) \
  if (accumulates)                     \
    VK_ROWS(centred, weighted, true);  \
  else                                 \
    VK_ROWS(centred, weighted, false);
  if (mean) {
    if (weight) {
      VK_WEIGHTED(true, true)
    } else {
      VK_WEIGHTED(true, false)
    }
  } else {
    if (weight) {
      VK_WEIGHTED(false, true)
    } else {
      VK_WEIGHTED(false, false)
    }
  }
#undef VK_WEIGHTED
#undef VK_ROWS
}

// Eight rows at a time, so that the sums are loaded and stored an eighth as often.
VK_CLONES
void vk_column_sums(const vk_real *matrix, long rows, long columns, int accumulates, vk_real *restrict sums) {
  VK_FAST_REDUCTION
  if (!accumulates)
    for (long i = 0; i < columns; i++) sums[i] = 0;
  long row = 0;
  for (; row + 8 <= rows; row += 8) {
    const vk_real *r = matrix + row * columns;
    for (long i = 0; i < columns; i++)
      sums[i] += ((r[i] + r[i + columns]) + (r[i + 2 * columns] + r[i + 3 * columns])) +
                 ((r[i + 4 * columns] + r[i + 5 * columns]) + (r[i + 6 * columns] + r[i + 7 * columns]));
  }
  for (; row < rows; row++)
    for (long i = 0; i < columns; i++) sums[i] += matrix[row * columns + i];
}
