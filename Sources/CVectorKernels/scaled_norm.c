#include <stdbool.h>

#include "dispatch.h"
#include "square_root.h"

static inline __attribute__((always_inline)) void vk_scaled_norm_rows(const bool hasOffset, const vk_real *x,
                                                                      const vk_real *offset, vk_real *y, vk_real *inverse,
                                                                      vk_scaled_norm_constants c) {
  VK_FAST_REDUCTION
  for (long row = 0; row < c.rows; row++) {
    const vk_real *input = x + row * c.width;
    vk_real *restrict output = y + row * c.width;
    vk_real squares = 0;
    for (long i = 0; i < c.width; i++) {
      vk_real value = hasOffset ? input[i] - offset[i] : input[i];
      squares += value * value;
    }
    vk_real length = VK_SQRT(squares / c.divisor + c.epsilon);
    // A NaN is not below the floor.
    inverse[row] = 1 / (length < c.floor ? c.floor : length);
    const vk_real factor = c.gain * inverse[row];
    for (long i = 0; i < c.width; i++) output[i] = factor * input[i];
  }
}

VK_CLONES
void vk_scaled_norm(const vk_real *x, const vk_real *offset, vk_real *y, vk_real *inverse,
                    vk_scaled_norm_constants constants) {
  if (offset)
    vk_scaled_norm_rows(true, x, offset, y, inverse, constants);
  else
    vk_scaled_norm_rows(false, x, offset, y, inverse, constants);
}

static inline __attribute__((always_inline)) double vk_scaled_norm_backward_rows(
    const bool hasOffset, const bool accumulates, const vk_real *x, const vk_real *offset, const vk_real *dy,
    const vk_real *inverse, vk_real *dx, vk_real *restrict dOffset, vk_scaled_norm_constants c) {
  VK_FAST_REDUCTION
  double gainGradient = 0;
  for (long row = 0; row < c.rows; row++) {
    const vk_real *input = x + row * c.width, *g = dy + row * c.width;
    const vk_real scale = inverse[row], factor = c.gain * scale;
    vk_real product = 0;
    for (long i = 0; i < c.width; i++) product += g[i] * input[i];
    // In double: the terms of rows of nearly one value cancel, and the sum is over all rows.
    double exact = 0;
    for (long i = 0; i < c.width; i++) exact += (double)g[i] * (double)input[i];
    gainGradient += exact * (double)scale;
    // dx = factor·(g − (x − offset)·slope), and what the offset gets is the second term with its sign turned
    const vk_real slope = scale >= 1 / c.floor ? 0 : product * scale * scale / c.divisor;
    if (hasOffset && dOffset)
      for (long i = 0; i < c.width; i++) dOffset[i] += factor * slope * (input[i] - offset[i]);
    if (!dx) continue;
    vk_real *target = dx + row * c.width;
#pragma clang loop vectorize(assume_safety)
    for (long i = 0; i < c.width; i++) {
      vk_real value = factor * (g[i] - (hasOffset ? input[i] - offset[i] : input[i]) * slope);
      target[i] = accumulates ? target[i] + value : value;
    }
  }
  return gainGradient;
}

VK_CLONES
double vk_scaled_norm_backward(const vk_real *x, const vk_real *offset, const vk_real *dy, const vk_real *inverse,
                               vk_real *dx, int accumulates, vk_real *dOffset, vk_scaled_norm_constants constants) {
#define VK_ROWS(shifted, adds) \
  vk_scaled_norm_backward_rows(shifted, adds, x, offset, dy, inverse, dx, dOffset, constants)
  if (offset) return accumulates ? VK_ROWS(true, true) : VK_ROWS(true, false);
  return accumulates ? VK_ROWS(false, true) : VK_ROWS(false, false);
#undef VK_ROWS
}
