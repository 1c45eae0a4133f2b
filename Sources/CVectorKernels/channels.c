#include "dispatch.h"

// Eight rows between loads of the sums. In double precision a mean far above the spread costs no digits of a float.
VK_CLONES
void vk_channel_sums(const vk_real *a, const vk_real *b, long rows, long columns, double *restrict sums,
                     double *restrict products) {
  VK_FAST_REDUCTION
  long row = 0;
  for (; row + 8 <= rows; row += 8) {
    const vk_real *p = a + row * columns, *q = b + row * columns;
    for (long i = 0; i < columns; i++) {
      double sum = 0, product = 0;
#pragma clang loop unroll(full)
      for (long r = 0; r < 8; r++) {
        double value = p[i + r * columns];
        sum += value;
        product += value * q[i + r * columns];
      }
      sums[i] += sum;
      products[i] += product;
    }
  }
  for (; row < rows; row++)
    for (long i = 0; i < columns; i++) {
      double value = a[row * columns + i];
      sums[i] += value;
      products[i] += value * b[row * columns + i];
    }
}

static inline __attribute__((always_inline)) void vk_channel_affine_rows(
    const int hasOther, const int accumulates, const vk_real *x, const vk_real *shift, const vk_real *slope,
    const vk_real *offset, const vk_real *other, const vk_real *factor, vk_real *y, long rows, long columns) {
  VK_FAST_REDUCTION
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * columns, *second = hasOther ? other + row * columns : x;
    vk_real *output = y + row * columns;
#pragma clang loop vectorize(assume_safety)
    for (long i = 0; i < columns; i++) {
      vk_real value = (input[i] - shift[i]) * slope[i] + offset[i];
      if (hasOther) value += second[i] * factor[i];
      output[i] = accumulates ? output[i] + value : value;
    }
  }
}

VK_CLONES
void vk_channel_affine(const vk_real *x, const vk_real *shift, const vk_real *slope, const vk_real *offset,
                       const vk_real *other, const vk_real *factor, vk_real *y, int accumulates, long rows,
                       long columns) {
#define VK_ROWS(has, adds) \
  vk_channel_affine_rows(has, adds, x, shift, slope, offset, other, factor, y, rows, columns)
  if (!other)
    VK_ROWS(0, 0);
  else if (accumulates)
    VK_ROWS(1, 1);
  else
    VK_ROWS(1, 0);
#undef VK_ROWS
}
