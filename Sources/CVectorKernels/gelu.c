#include "dispatch.h"
#include "exponential.h"

VK_CLONES
void vk_gelu(const vk_real *restrict x, const vk_real *restrict bias, vk_real *restrict y, long rows,
             long columns) {
#pragma clang fp contract(fast)
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * columns;
    vk_real *output = y + row * columns;
    for (long i = 0; i < columns; i++) {
      vk_real density, value = input[i] + bias[i];
      output[i] = value * vk_normal(value, &density);
    }
  }
}

VK_CLONES
void vk_gelu_backward(const vk_real *x, const vk_real *bias, const vk_real *dy, vk_real *dx, vk_real *y,
                      long rows, long columns) {
#pragma clang fp contract(fast)
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * columns, *upstream = dy + row * columns;
    vk_real *gradient = dx + row * columns;
    if (y) {
      vk_real *output = y + row * columns;
#pragma clang loop vectorize(assume_safety)
      for (long i = 0; i < columns; i++) {
        vk_real density, value = input[i] + bias[i];
        vk_real cumulative = vk_normal(value, &density);
        output[i] = value * cumulative;
        gradient[i] = upstream[i] * (cumulative + value * density);
      }
    } else {
#pragma clang loop vectorize(assume_safety)
      for (long i = 0; i < columns; i++) {
        vk_real density, value = input[i] + bias[i];
        vk_real cumulative = vk_normal(value, &density);
        gradient[i] = upstream[i] * (cumulative + value * density);
      }
    }
  }
}
