#include <stdbool.h>
#include <stddef.h>

#include "dispatch.h"
#include "exponential.h"

VK_CLONES
void vk_gelu(const vk_real *x, const vk_real *bias, vk_real *y, long rows, long columns) {
#pragma clang fp contract(fast)
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * columns;
    vk_real *output = y + row * columns;
    VK_VECTORIZE
    for (long i = 0; i < columns; i++) {
      vk_real density, value = input[i] + bias[i];
      output[i] = value * vk_normal(value, &density);
    }
  }
}

static inline __attribute__((always_inline)) void vk_gelu_backward_rows(
    const bool hasOutput, const bool hasBiasGradient, const vk_real *x, const vk_real *bias, const vk_real *dy, vk_real *dx,
    vk_real *y, vk_real *dBias, long rows, long columns) {
#pragma clang fp contract(fast)
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * columns, *upstream = dy + row * columns;
    vk_real *gradient = dx + row * columns, *output = hasOutput ? y + row * columns : NULL;
    VK_VECTORIZE
    for (long i = 0; i < columns; i++) {
      vk_real density, value = input[i] + bias[i];
      vk_real cumulative = vk_normal(value, &density);
      if (hasOutput) output[i] = value * cumulative;
      gradient[i] = upstream[i] * (cumulative + value * density);
      if (hasBiasGradient) dBias[i] += gradient[i];
    }
  }
}

VK_CLONES
void vk_gelu_backward(const vk_real *x, const vk_real *bias, const vk_real *dy, vk_real *dx, vk_real *y, vk_real *dBias,
                      long rows, long columns) {
  if (y && dBias)
    vk_gelu_backward_rows(true, true, x, bias, dy, dx, y, dBias, rows, columns);
  else if (y)
    vk_gelu_backward_rows(true, false, x, bias, dy, dx, y, dBias, rows, columns);
  else if (dBias)
    vk_gelu_backward_rows(false, true, x, bias, dy, dx, y, dBias, rows, columns);
  else
    vk_gelu_backward_rows(false, false, x, bias, dy, dx, y, dBias, rows, columns);
}
