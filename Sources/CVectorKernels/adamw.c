#include "dispatch.h"

// Sums of squares are kept in blocks of this many values, then in double: exact enough for any size.
enum { vk_block = 4096 };

VK_CLONES
double vk_adamw(vk_real *restrict weight, vk_real *restrict first, vk_real *restrict second,
                const vk_real *const *gradients, long lanes, long offset, long count, vk_adamw_constants c) {
  VK_FAST_REDUCTION
  double squares = 0;
  vk_real total[vk_block];
  for (long start = 0; start < count; start += vk_block) {
    long length = count - start < vk_block ? count - start : vk_block;
    const vk_real *lane0 = gradients[0] + offset + start;
    for (long i = 0; i < length; i++) total[i] = lane0[i];
    for (long lane = 1; lane < lanes; lane++) {
      const vk_real *other = gradients[lane] + offset + start;
      for (long i = 0; i < length; i++) total[i] += other[i];
    }
    vk_real *restrict w = weight + start, *restrict m = first + start, *restrict v = second + start;
    vk_real blockSquares = 0;
    for (long i = 0; i < length; i++) {
      blockSquares += total[i] * total[i];
      vk_real g = total[i] * c.gradientScale;
      vk_real newFirst = c.beta1 * m[i] + (1 - c.beta1) * g;
      vk_real newSecond = c.beta2 * v[i] + (1 - c.beta2) * g * g;
      m[i] = newFirst;
      v[i] = newSecond;
      w[i] = w[i] * c.decay - c.stepSize * newFirst / (__builtin_elementwise_sqrt(newSecond) * c.secondScale + c.epsilon);
    }
    squares += blockSquares;
  }
  return squares;
}

VK_CLONES
double vk_reduce(vk_real *const *gradients, long lanes, long offset, long count) {
  VK_FAST_REDUCTION
  double squares = 0;
  for (long start = 0; start < count; start += vk_block) {
    long length = count - start < vk_block ? count - start : vk_block;
    vk_real *restrict sum = gradients[0] + offset + start;
    for (long lane = 1; lane < lanes; lane++) {
      const vk_real *restrict other = gradients[lane] + offset + start;
      for (long i = 0; i < length; i++) sum[i] += other[i];
    }
    vk_real blockSquares = 0;
    for (long i = 0; i < length; i++) blockSquares += sum[i] * sum[i];
    squares += blockSquares;
  }
  return squares;
}
