#include <stdbool.h>
#include <stddef.h>

#include "dispatch.h"
#include "exponential.h"

// The smooth ones are x * sigmoid(w(x)): w = x (SiLU), 1.702 x (QuickGELU), or sqrt(8 / pi) (x + 0.044715 x^3), for
// (1 + tanh(w / 2)) / 2 = sigmoid(w) (GELU by tanh; 1 + tanh would lose the digits of the lower tail).
// Returns the value and stores the derivative.
static inline __attribute__((always_inline)) vk_real vk_activated(const vk_activation kind, vk_real x,
                                                                  vk_real *derivative) {
#pragma clang fp contract(fast)
  if (kind == VK_RELU) {
    *derivative = x <= 0 ? 0 : 1;
    return x < 0 ? 0 : x;
  }
  // Beyond 1000 the sigmoid is 0 or 1, and no product of the derivative overflows.
  vk_real bounded = x > 1000 ? 1000 : x;
  bounded = bounded < -1000 ? -1000 : bounded;
  const vk_real rate = kind == VK_SILU ? 1 : kind == VK_QUICK_GELU ? 1.702 : 1.5957691216057307118;
  const vk_real cubic = kind == VK_GELU_TANH ? 0.044715 : 0;
  const vk_real square = cubic * bounded * bounded;
  const vk_real w = rate * (bounded + bounded * square), slope = rate * (1 + 3 * square);
  // Of the sigmoid and its complement the smaller one by the exponential, so that both keep their digits.
  const vk_real e = vk_exp(w < 0 ? w : -w);
  const vk_real larger = 1 / (1 + e), smaller = e * larger;
  const vk_real sigmoid = w < 0 ? smaller : larger, complement = w < 0 ? larger : smaller;
  *derivative = sigmoid * (1 + bounded * slope * complement);
  return x * sigmoid;
}

#define VK_BY_KIND(CASE)         \
  switch (kind) {                \
    case VK_RELU:                \
      CASE(VK_RELU);             \
      break;                     \
    case VK_SILU:                \
      CASE(VK_SILU);             \
      break;                     \
    case VK_QUICK_GELU:          \
      CASE(VK_QUICK_GELU);       \
      break;                     \
    case VK_GELU_TANH:           \
      CASE(VK_GELU_TANH);        \
      break;                     \
  }

static inline __attribute__((always_inline)) void vk_activate_rows(const vk_activation kind, const vk_real *x,
                                                                   const vk_real *bias, vk_real *y, long rows,
                                                                   long columns) {
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * columns;
    vk_real *output = y + row * columns;
    VK_VECTORIZE
    for (long i = 0; i < columns; i++) {
      vk_real derivative;
      output[i] = vk_activated(kind, input[i] + bias[i], &derivative);
    }
  }
}

VK_CLONES
void vk_activate(vk_activation kind, const vk_real *x, const vk_real *bias, vk_real *y, long rows, long columns) {
#define VK_ROWS(constant) vk_activate_rows(constant, x, bias, y, rows, columns)
  VK_BY_KIND(VK_ROWS)
#undef VK_ROWS
}

static inline __attribute__((always_inline)) void vk_activate_backward_rows(const vk_activation kind,
                                                                            const bool hasBiasGradient, const vk_real *x,
                                                                            const vk_real *bias, const vk_real *dy,
                                                                            vk_real *dx, vk_real *dBias, long rows,
                                                                            long columns) {
  for (long row = 0; row < rows; row++) {
    const vk_real *input = x + row * columns, *upstream = dy + row * columns;
    vk_real *gradient = dx + row * columns;
    VK_VECTORIZE
    for (long i = 0; i < columns; i++) {
      vk_real derivative;
      vk_activated(kind, input[i] + bias[i], &derivative);
      const vk_real g = upstream[i] * derivative;
      gradient[i] = g;
      if (hasBiasGradient) dBias[i] += g;
    }
  }
}

VK_CLONES
void vk_activate_backward(vk_activation kind, const vk_real *x, const vk_real *bias, const vk_real *dy, vk_real *dx,
                          vk_real *dBias, long rows, long columns) {
#define VK_ROWS(constant)                                                                \
  if (dBias)                                                                             \
    vk_activate_backward_rows(constant, true, x, bias, dy, dx, dBias, rows, columns);    \
  else                                                                                   \
    vk_activate_backward_rows(constant, false, x, bias, dy, dx, dBias, rows, columns)
  VK_BY_KIND(VK_ROWS)
#undef VK_ROWS
}

VK_CLONES
void vk_swiglu(const vk_real *x, const vk_real *bias, vk_real *y, long rows, long width) {
  for (long row = 0; row < rows; row++) {
    const vk_real *gate = x + 2 * row * width, *up = gate + width;
    vk_real *output = y + row * width;
    VK_VECTORIZE
    for (long i = 0; i < width; i++) {
      vk_real derivative;
      output[i] = vk_activated(VK_SILU, gate[i] + bias[i], &derivative) * (up[i] + bias[width + i]);
    }
  }
}

static inline __attribute__((always_inline)) void vk_swiglu_backward_rows(const bool hasBiasGradient, const vk_real *x,
                                                                          const vk_real *bias, const vk_real *dy,
                                                                          vk_real *dx, vk_real *dBias, long rows,
                                                                          long width) {
  for (long row = 0; row < rows; row++) {
    const vk_real *gate = x + 2 * row * width, *up = gate + width, *upstream = dy + row * width;
    vk_real *gateGradient = dx + 2 * row * width, *upGradient = gateGradient + width;
    VK_VECTORIZE
    for (long i = 0; i < width; i++) {
      vk_real derivative, value = vk_activated(VK_SILU, gate[i] + bias[i], &derivative);
      const vk_real ofGate = upstream[i] * (up[i] + bias[width + i]) * derivative, ofUp = upstream[i] * value;
      gateGradient[i] = ofGate;
      upGradient[i] = ofUp;
      if (hasBiasGradient) {
        dBias[i] += ofGate;
        dBias[width + i] += ofUp;
      }
    }
  }
}

VK_CLONES
void vk_swiglu_backward(const vk_real *x, const vk_real *bias, const vk_real *dy, vk_real *dx, vk_real *dBias, long rows,
                        long width) {
  if (dBias)
    vk_swiglu_backward_rows(true, x, bias, dy, dx, dBias, rows, width);
  else
    vk_swiglu_backward_rows(false, x, bias, dy, dx, dBias, rows, width);
}
