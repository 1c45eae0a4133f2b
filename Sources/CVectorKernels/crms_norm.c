#include <stdbool.h>

#include "dispatch.h"
#include "square_root.h"

// A row holds all but one entry of a vector whose sum is 0: the missing one is minus the row's sum.
VK_CLONES
void vk_crms_norm(const vk_real *x, const vk_real *weight, vk_real *y, vk_real *sums, vk_real *inverse, long rows,
                  long width, vk_real epsilon) {
  VK_FAST_REDUCTION
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * width;
    vk_real *restrict output = y + row * width;
    vk_real sum = 0, squares = 0;
    for (long i = 0; i < width; i++) {
      sum += input[i];
      squares += input[i] * input[i];
    }
    const vk_real scale = 1 / VK_SQRT((squares + sum * sum) / (vk_real)(width + 1) + epsilon);
    sums[row] = sum;
    inverse[row] = scale;
    if (weight)
      for (long i = 0; i < width; i++) output[i] = input[i] * scale * weight[i];
    else
      for (long i = 0; i < width; i++) output[i] = input[i] * scale;
  }
}

static inline __attribute__((always_inline)) void vk_crms_norm_backward_rows(
    const bool hasWeight, const bool accumulates, const vk_real *x, const vk_real *weight, const vk_real *dy,
    const vk_real *sums, const vk_real *inverse, vk_real *dx, vk_real *restrict dWeight, long rows, long width) {
  VK_FAST_REDUCTION
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * width, *g = dy + row * width;
    const vk_real sum = sums[row], scale = inverse[row];
    if (dWeight)
      for (long i = 0; i < width; i++) dWeight[i] += g[i] * (input[i] * scale);
    if (!dx) continue;
    // h = weight∘dy; the missing entry −sum moves with every entry: dx = (h − (x + sum)·(h·x)/((width + 1) r²))/r
    vk_real product = 0;
    for (long i = 0; i < width; i++) product += (hasWeight ? weight[i] * g[i] : g[i]) * input[i];
    const vk_real slope = product * scale * scale / (vk_real)(width + 1);
    vk_real *target = dx + row * width;
#pragma clang loop vectorize(assume_safety)
    for (long i = 0; i < width; i++) {
      vk_real h = hasWeight ? weight[i] * g[i] : g[i];
      vk_real value = (h - (input[i] + sum) * slope) * scale;
      target[i] = accumulates ? target[i] + value : value;
    }
  }
}

VK_CLONES
void vk_crms_norm_backward(const vk_real *x, const vk_real *weight, const vk_real *dy, const vk_real *sums,
                           const vk_real *inverse, vk_real *dx, int accumulates, vk_real *dWeight, long rows,
                           long width) {
#define VK_ROWS(weighted, adds) \
  vk_crms_norm_backward_rows(weighted, adds, x, weight, dy, sums, inverse, dx, dWeight, rows, width)
  VK_BY_FLAGS(VK_ROWS, weight, accumulates);
#undef VK_ROWS
}
