#include <math.h>

#include "dispatch.h"
#include "exponential.h"

// log(sum of exp(scale * (score - largest))) + scale * largest, and the exponentials on the way.
static inline __attribute__((always_inline)) double vk_softmax_row(const vk_real *scores, vk_real scale, vk_real *powers,
                                                                   long columns, vk_real *total) {
  VK_FAST_REDUCTION
  vk_real largest = scores[0];
  for (long i = 1; i < columns; i++) largest = scores[i] > largest ? scores[i] : largest;
  vk_real sum = 0;
  VK_VECTORIZE
  for (long i = 0; i < columns; i++) {
    const vk_real power = vk_exp(scale * (scores[i] - largest));
    powers[i] = power;
    sum += power;
  }
  *total = sum;
  return log((double)sum) + (double)scale * (double)largest;
}

VK_CLONES
void vk_softmax_rows(const vk_real *scores, vk_real scale, vk_real *probabilities, double *logSums, long rows,
                     long columns) {
  for (long row = 0; row < rows; row++) {
    vk_real *target = probabilities + row * columns, total;
    const double logSum = vk_softmax_row(scores + row * columns, scale, target, columns, &total);
    const vk_real factor = 1 / total;
    for (long i = 0; i < columns; i++) target[i] *= factor;
    if (logSums) logSums[row] = logSum;
  }
}
