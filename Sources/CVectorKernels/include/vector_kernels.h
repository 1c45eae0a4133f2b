// Loops dense in exp and erf, compiled for several instruction sets and chosen at load time.
// Everything else is Swift: these are the loops where one compiled for a single CPU was measured
// to lose (docs/architecture.md). All matrices are row-major; `stride` is between stored rows.
#pragma once

#ifdef VITRAIL_DOUBLE
typedef double vk_real;
#else
typedef float vk_real;
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// The instruction set that was chosen: "x86-64-v4", "x86-64-v3" or "baseline".
const char *vk_instruction_set(void);

/// y = GELU(x + bias), the erf form; x, y [rows, columns], bias [columns].
void vk_gelu(const vk_real *x, const vk_real *bias, vk_real *y, long rows, long columns);

/// dx = dy * GELU'(x + bias) and y = GELU(x + bias) in one pass. `dx` may be `dy`; `y` may be null.
void vk_gelu_backward(const vk_real *x, const vk_real *bias, const vk_real *dy, vk_real *dx, vk_real *y,
                      long rows, long columns);

/// In place: p = softmax(scale * s) over each row; logSum[row] = log sum exp(scale * s), when not null.
void vk_softmax(vk_real *s, long rows, long columns, long stride, vk_real scale, vk_real *logSum);

/// In place: p = exp(scale * s - logSum[row]), the softmax again without its reductions.
void vk_softmax_again(vk_real *s, long rows, long columns, long stride, vk_real scale, const vk_real *logSum);

/// In place: ds = scale * p * (dp - sum(dp * p)) over each row.
void vk_softmax_backward(const vk_real *p, vk_real *dp, long rows, long columns, long stride, vk_real scale);

/// Constants of one AdamW step for one parameter.
typedef struct {
  vk_real stepSize;        // lr / (1 - beta1^t)
  vk_real decay;           // 1 - lr * weightDecay
  vk_real beta1, beta2;
  vk_real epsilon;
  vk_real secondScale;     // 1 / sqrt(1 - beta2^t)
  vk_real gradientScale;   // multiplies the summed gradient (clipping)
} vk_adamw_constants;

/// One AdamW step on `count` values; the gradient is the sum over `lanes` buffers, each read from `offset`.
/// Returns the sum of squares of the unscaled summed gradient.
double vk_adamw(vk_real *weight, vk_real *first, vk_real *second, const vk_real *const *gradients, long lanes,
                long offset, long count, vk_adamw_constants constants);

/// sum over lanes into gradients[0]; returns the sum of squares of the result.
double vk_reduce(vk_real *const *gradients, long lanes, long offset, long count);

#ifdef __cplusplus
}
#endif
