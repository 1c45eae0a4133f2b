// The loops of a step where one compiled for a single CPU was measured to lose (docs/architecture.md): attention, GELU
// and its like, softmax, norms, column sums, patches, AdamW. They are compiled for several instruction sets and chosen at
// load time.
// All matrices are row-major; `stride` is between stored rows.
#pragma once
#include <stdint.h>

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

/// y = GELU(x + bias), the erf form; x, y [rows, columns], bias [columns]. `y` may be `x`.
void vk_gelu(const vk_real *x, const vk_real *bias, vk_real *y, long rows, long columns);

/// dx = dy * GELU'(x + bias) and y = GELU(x + bias) in one pass, and the columns of dx added to dBias. `dx` may be
/// `dy`, `y` may be `x`; `y` and `dBias` may be null.
void vk_gelu_backward(const vk_real *x, const vk_real *bias, const vk_real *dy, vk_real *dx, vk_real *y, vk_real *dBias,
                      long rows, long columns);

/// Functions between the layers of an MLP, beside the GELU of the erf form.
typedef enum {
  VK_RELU,        // max(x, 0)
  VK_SILU,        // x * sigmoid(x)
  VK_QUICK_GELU,  // x * sigmoid(1.702 x)
  VK_GELU_TANH,   // x / 2 * (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
} vk_activation;

/// y = f(x + bias); x, y [rows, columns], bias [columns]. `y` may be `x`.
void vk_activate(vk_activation kind, const vk_real *x, const vk_real *bias, vk_real *y, long rows, long columns);

/// dx = dy * f'(x + bias), and the columns of dx added to dBias, which may be null. `dx` may be `dy` or `x`.
void vk_activate_backward(vk_activation kind, const vk_real *x, const vk_real *bias, const vk_real *dy, vk_real *dx,
                          vk_real *dBias, long rows, long columns);

/// y = SiLU(gate) * up; x [rows, 2 width] + bias [2 width] are the gates, then what they let through; y [rows, width].
void vk_swiglu(const vk_real *x, const vk_real *bias, vk_real *y, long rows, long width);

/// Gradients of vk_swiglu: dx, of x's shape, is overwritten, its columns added to dBias, which may be null. `dx` may be `x`.
void vk_swiglu_backward(const vk_real *x, const vk_real *bias, const vk_real *dy, vk_real *dx, vk_real *dBias, long rows,
                        long width);

/// y = (x - mean) * inverse * weight + bias over each row, inverse = 1 / sqrt(mean (x - mean)^2 + epsilon); a null
/// `mean` stands for 0 (RMSNorm), otherwise it receives the means. `weight` and `bias` may be null. Without means
/// `inverse` is that of the first `counted` entries of a row.
void vk_norm(const vk_real *x, const vk_real *weight, const vk_real *bias, vk_real *y, vk_real *mean, vk_real *inverse,
             long rows, long width, long counted, vk_real epsilon);

/// Gradients of vk_norm: dx is overwritten or added to; dWeight and dBias are added to. All three may be null.
void vk_norm_backward(const vk_real *x, const vk_real *weight, const vk_real *dy, const vk_real *mean,
                      const vk_real *inverse, vk_real *dx, int accumulates, vk_real *dWeight, vk_real *dBias, long rows,
                      long width, long counted);

/// What vk_scaled_norm is told beside its operands.
typedef struct {
  long rows, width;
  vk_real gain;
  vk_real divisor;  // of the sum of squares: width for a mean, 1 for a Euclidean norm
  vk_real epsilon;  // inside the root
  vk_real floor;    // no row is divided by less
} vk_scaled_norm_constants;

/// y = gain * inverse * x over each row, inverse = 1 / max(sqrt(sum (x - offset)^2 / divisor + epsilon), floor); a null
/// `offset` stands for 0.
void vk_scaled_norm(const vk_real *x, const vk_real *offset, vk_real *y, vk_real *inverse,
                    vk_scaled_norm_constants constants);

/// Gradients of vk_scaled_norm: dx is overwritten or added to, dOffset is added to; both may be null. Returns the
/// derivative with respect to the gain. Rows that were divided by the floor are linear in x.
double vk_scaled_norm_backward(const vk_real *x, const vk_real *offset, const vk_real *dy, const vk_real *inverse,
                               vk_real *dx, int accumulates, vk_real *dOffset, vk_scaled_norm_constants constants);

/// y = weight * tanh(alpha * x) + bias over each row; `weight` and `bias` may be null.
void vk_dynamic_tanh(const vk_real *x, vk_real alpha, const vk_real *weight, const vk_real *bias, vk_real *y, long rows,
                     long width);

/// Gradients of vk_dynamic_tanh: dx is overwritten or added to; dWeight and dBias are added to. dBias may be null, dWeight
/// if weight is. Returns the derivative with respect to alpha.
double vk_dynamic_tanh_backward(const vk_real *x, vk_real alpha, const vk_real *weight, const vk_real *dy, vk_real *dx,
                                int accumulates, vk_real *dWeight, vk_real *dBias, long rows, long width);

/// y = (x - mean) * factor * weight + bias over each row, the mean of the row where `centers`, else 0; `weight`, `bias`
/// and `factors`, one a row, may be null.
void vk_affine(const vk_real *x, const vk_real *weight, const vk_real *bias, const vk_real *factors, int centers, vk_real *y,
               long rows, long width);

/// Gradients of vk_affine: dx is overwritten or added to; dWeight and dBias are added to. All three may be null.
void vk_affine_backward(const vk_real *x, const vk_real *weight, const vk_real *dy, const vk_real *factors, int centers,
                        vk_real *dx, int accumulates, vk_real *dWeight, vk_real *dBias, long rows, long width);

/// y = x * inverse * weight over each row, inverse = 1 / sqrt((sum x^2 + sum^2) / (width + 1) + epsilon): the root mean
/// square of a vector of width + 1 entries whose sum is 0 and whose last is not stored. `sums` receives the sums of the
/// rows. `weight` may be null.
void vk_crms_norm(const vk_real *x, const vk_real *weight, vk_real *y, vk_real *sums, vk_real *inverse, long rows,
                  long width, vk_real epsilon);

/// Gradients of vk_crms_norm: dx is overwritten or added to; dWeight is added to. Both may be null.
void vk_crms_norm_backward(const vk_real *x, const vk_real *weight, const vk_real *dy, const vk_real *sums,
                           const vk_real *inverse, vk_real *dx, int accumulates, vk_real *dWeight, long rows,
                           long width);

/// sums[j] = sum over rows of matrix[i, j], added to what is there if `accumulates`.
void vk_column_sums(const vk_real *matrix, long rows, long columns, int accumulates, vk_real *sums);

/// sums[j] += sum over rows of a[i, j] and products[j] += sum over rows of a[i, j] * b[i, j], in double precision. `b` may
/// be `a`.
void vk_channel_sums(const vk_real *a, const vk_real *b, long rows, long columns, double *sums, double *products);

/// y = (x - shift) * slope + offset, a value of each for every column, + other * factor where there is `other`; with it, y
/// is added to what is there if `accumulates`. `y` may be `x` or `other`.
void vk_channel_affine(const vk_real *x, const vk_real *shift, const vk_real *slope, const vk_real *offset,
                       const vk_real *other, const vk_real *factor, vk_real *y, int accumulates, long rows,
                       long columns);

/// Heads that attend among the tokens of each sample; qkv is [batch, tokens, 3, heads, head]. All tokens are queries, the
/// first `keys` of them, 1 or more, are keys and values.
typedef struct {
  long batch, tokens, keys, heads, head;
  vk_real scale;  // multiplies the scores
} vk_attention_shape;

/// `count` rounded up to whole vectors.
long vk_attention_padded(long count);

/// How many values of scratch memory the two functions below want.
long vk_attention_scratch(vk_attention_shape shape);

/// output [batch, tokens, heads, head] = softmax(scale * q.k) v; statistics [batch, heads, 2, padded tokens] are each
/// query's largest score and the inverse of its sum of exp(scale * (score - largest)).
void vk_attention(const vk_real *qkv, vk_real *output, vk_real *statistics, vk_real *scratch, vk_attention_shape shape);

/// gradient, of qkv's shape, overwritten, 0 for what is no key; the probabilities are computed again from the statistics.
void vk_attention_backward(const vk_real *qkv, const vk_real *upstream, const vk_real *statistics, vk_real *gradient,
                           vk_real *scratch, vk_attention_shape shape);

/// Keeps the two functions above to x86-64-v`level` even on a CPU that has more: 1, 3 or 4. For tests, which would
/// otherwise prove one instruction set only.
void vk_limit_attention_level(int level);

/// probabilities = softmax(scale * scores) of each row, where `probabilities` may be `scores`; logSums[row], unless nil, is
/// the logarithm of the sum of exp(scale * score). A score of -infinity counts for nothing; a row needs one that is finite.
void vk_softmax_rows(const vk_real *scores, vk_real scale, vk_real *probabilities, double *logSums, long rows,
                     long columns);

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

/// An image of rows × columns patches of side × side pixels.
typedef struct {
  long rows, columns, side, channels;
} vk_patch_shape;

/// patches [rows·columns, side·side·channels] = (pixels / 255 - mean) / deviation, channel fastest; pixels are height × width ×
/// channels bytes, mean and deviation have side·channels values, those of the channels again and again.
void vk_patchify(const uint8_t *pixels, vk_patch_shape shape, const vk_real *mean, const vk_real *deviation,
                 vk_real *patches);
#ifdef __cplusplus
}
#endif
