#include <stdbool.h>

#include "dispatch.h"

VK_CLONES
void vk_affine(const vk_real *x, const vk_real *weight, const vk_real *bias, const vk_real *factors, int centers, vk_real *y,
               long rows, long width) {
  VK_FAST_REDUCTION
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * width;
    vk_real *restrict output = y + row * width;
    const vk_real factor = factors ? factors[row] : 1;
    vk_real shift = 0;
    if (centers) {
      for (long i = 0; i < width; i++) shift += input[i];
      shift /= (vk_real)width;
    }
    if (weight && bias)
      for (long i = 0; i < width; i++) output[i] = (input[i] - shift) * factor * weight[i] + bias[i];
    else if (weight)
      for (long i = 0; i < width; i++) output[i] = (input[i] - shift) * factor * weight[i];
    else if (bias)
      for (long i = 0; i < width; i++) output[i] = (input[i] - shift) * factor + bias[i];
    else
      for (long i = 0; i < width; i++) output[i] = (input[i] - shift) * factor;
  }
}

static inline __attribute__((always_inline)) void vk_affine_backward_rows(
    const bool hasWeight, const bool accumulates, const vk_real *x, const vk_real *weight, const vk_real *dy,
    const vk_real *factors, int centers, vk_real *dx, vk_real *restrict dWeight, vk_real *restrict dBias, long rows,
    long width) {
  VK_FAST_REDUCTION
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * width, *g = dy + row * width;
    const vk_real factor = factors ? factors[row] : 1;
    if (dBias)
      for (long i = 0; i < width; i++) dBias[i] += g[i];
    if (dWeight) {
      vk_real shift = 0;
      if (centers) {
        for (long i = 0; i < width; i++) shift += input[i];
        shift /= (vk_real)width;
      }
      for (long i = 0; i < width; i++) dWeight[i] += g[i] * ((input[i] - shift) * factor);
    }
    if (!dx) continue;
    // h = weight∘dy; dx = (h − mean h)·factor, the mean where rows are centred
    vk_real mean = 0;
    if (centers) {
      for (long i = 0; i < width; i++) mean += hasWeight ? weight[i] * g[i] : g[i];
      mean /= (vk_real)width;
    }
    vk_real *target = dx + row * width;
#pragma clang loop vectorize(assume_safety)
    for (long i = 0; i < width; i++) {
      vk_real h = hasWeight ? weight[i] * g[i] : g[i];
      vk_real value = (h - mean) * factor;
      target[i] = accumulates ? target[i] + value : value;
    }
  }
}

VK_CLONES
void vk_affine_backward(const vk_real *x, const vk_real *weight, const vk_real *dy, const vk_real *factors, int centers,
                        vk_real *dx, int accumulates, vk_real *dWeight, vk_real *dBias, long rows, long width) {
#define VK_ROWS(weighted, adds) \
  vk_affine_backward_rows(weighted, adds, x, weight, dy, factors, centers, dx, dWeight, dBias, rows, width)
  VK_BY_FLAGS(VK_ROWS, weight, accumulates);
#undef VK_ROWS
}
