#include <stdbool.h>

#include "dispatch.h"
#include "exponential.h"

static inline __attribute__((always_inline)) void vk_dynamic_tanh_rows(const bool hasWeight, const bool hasBias,
                                                                       const vk_real *x, vk_real alpha,
                                                                       const vk_real *weight, const vk_real *bias,
                                                                       vk_real *y, long rows, long width) {
#pragma clang fp contract(fast)
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * width;
    vk_real *output = y + row * width;
    VK_VECTORIZE
    for (long i = 0; i < width; i++) {
      vk_real derivative, value = vk_tanh(alpha * input[i], &derivative);
      output[i] = (hasWeight ? weight[i] * value : value) + (hasBias ? bias[i] : 0);
    }
  }
}

VK_CLONES
void vk_dynamic_tanh(const vk_real *x, vk_real alpha, const vk_real *weight, const vk_real *bias, vk_real *y, long rows,
                     long width) {
#define VK_ROWS(weighted, shifted) vk_dynamic_tanh_rows(weighted, shifted, x, alpha, weight, bias, y, rows, width)
  if (weight && bias)
    VK_ROWS(true, true);
  else if (weight)
    VK_ROWS(true, false);
  else if (bias)
    VK_ROWS(false, true);
  else
    VK_ROWS(false, false);
#undef VK_ROWS
}

static inline __attribute__((always_inline)) double vk_dynamic_tanh_backward_rows(
    const bool hasWeight, const bool accumulates, const vk_real *x, vk_real alpha, const vk_real *weight,
    const vk_real *dy, vk_real *dx, vk_real *dWeight, vk_real *restrict dBias, long rows, long width) {
  VK_FAST_REDUCTION
  double alphaGradient = 0;
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * width, *g = dy + row * width;
    vk_real *target = dx + row * width;
    if (dBias)
      for (long i = 0; i < width; i++) dBias[i] += g[i];
    vk_real sum = 0;
    VK_VECTORIZE
    for (long i = 0; i < width; i++) {
      vk_real derivative, value = vk_tanh(alpha * input[i], &derivative);
      if (hasWeight) dWeight[i] += g[i] * value;
      const vk_real h = (hasWeight ? weight[i] * g[i] : g[i]) * derivative;
      sum += h * input[i];
      target[i] = accumulates ? target[i] + alpha * h : alpha * h;
    }
    alphaGradient += (double)sum;
  }
  return alphaGradient;
}

VK_CLONES
double vk_dynamic_tanh_backward(const vk_real *x, vk_real alpha, const vk_real *weight, const vk_real *dy, vk_real *dx,
                                int accumulates, vk_real *dWeight, vk_real *dBias, long rows, long width) {
#define VK_ROWS(weighted, adds) \
  vk_dynamic_tanh_backward_rows(weighted, adds, x, alpha, weight, dy, dx, dWeight, dBias, rows, width)
  if (weight) return accumulates ? VK_ROWS(true, true) : VK_ROWS(true, false);
  return accumulates ? VK_ROWS(false, true) : VK_ROWS(false, false);
#undef VK_ROWS
}
