#include <math.h>

#include "dispatch.h"
#include "exponential.h"

#ifdef VITRAIL_DOUBLE
#define VK_LOG log
#else
#define VK_LOG logf
#endif

// Sixteen partial maxima: a plain maximum is a reduction that must keep its order because of NaN, this is not.
static inline __attribute__((always_inline)) vk_real vk_largest(const vk_real *p, long columns) {
  vk_real partial[16];
  for (int j = 0; j < 16; j++) partial[j] = p[0];
  long i = 0;
  for (; i + 16 <= columns; i += 16)
    for (int j = 0; j < 16; j++) partial[j] = p[i + j] > partial[j] ? p[i + j] : partial[j];
  for (int j = 0; i + j < columns; j++) partial[j] = p[i + j] > partial[j] ? p[i + j] : partial[j];
  vk_real largest = partial[0];
  for (int j = 1; j < 16; j++) largest = partial[j] > largest ? partial[j] : largest;
  return largest;
}

// exp over the whole matrix at once where rows touch: rows of a dozen values would run in loop remainders.
static inline __attribute__((always_inline)) void vk_exp_rows(vk_real *s, long rows, long columns, long stride) {
  long runs = stride == columns ? 1 : rows;
  long length = stride == columns ? rows * columns : columns;
  for (long run = 0; run < runs; run++) {
    vk_real *p = s + run * stride;
    for (long i = 0; i < length; i++) p[i] = vk_exp(p[i]);
  }
}

VK_CLONES
void vk_softmax(vk_real *s, long rows, long columns, long stride, vk_real scale, vk_real *logSum) {
  VK_FAST_REDUCTION
  for (long row = 0; row < rows; row++) {
    vk_real *p = s + row * stride;
    vk_real largest = vk_largest(p, columns);
    if (logSum) logSum[row] = scale * largest;
    for (long i = 0; i < columns; i++) p[i] = scale * (p[i] - largest);
  }
  vk_exp_rows(s, rows, columns, stride);
  for (long row = 0; row < rows; row++) {
    vk_real *p = s + row * stride;
    vk_real sum = 0;
    for (long i = 0; i < columns; i++) sum += p[i];
    if (logSum) logSum[row] += VK_LOG(sum);
    vk_real inverse = 1 / sum;
    for (long i = 0; i < columns; i++) p[i] *= inverse;
  }
}

VK_CLONES
void vk_softmax_again(vk_real *s, long rows, long columns, long stride, vk_real scale, const vk_real *logSum) {
#pragma clang fp contract(fast)
  for (long row = 0; row < rows; row++) {
    vk_real *p = s + row * stride;
    vk_real shift = logSum[row];
    for (long i = 0; i < columns; i++) p[i] = scale * p[i] - shift;
  }
  vk_exp_rows(s, rows, columns, stride);
}

VK_CLONES
void vk_softmax_backward(const vk_real *p, vk_real *dp, long rows, long columns, long stride, vk_real scale) {
  VK_FAST_REDUCTION
  for (long row = 0; row < rows; row++) {
    const vk_real *restrict probability = p + row * stride;
    vk_real *restrict gradient = dp + row * stride;
    vk_real dot = 0;
    for (long i = 0; i < columns; i++) dot += probability[i] * gradient[i];
    for (long i = 0; i < columns; i++) gradient[i] = scale * probability[i] * (gradient[i] - dot);
  }
}
