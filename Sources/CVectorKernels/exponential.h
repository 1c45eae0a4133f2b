// exp and the normal distribution, branch-free so that loops around them vectorise.
#pragma once
#include "vector_kernels.h"

#define VK_WIDTH (64 / (long)sizeof(vk_real))
typedef vk_real vk_vector __attribute__((vector_size(64)));

#ifdef VITRAIL_DOUBLE
#include <math.h>

static inline __attribute__((always_inline)) vk_real vk_exp(vk_real x) { return exp(x); }

static inline __attribute__((always_inline)) void vk_exp_in_place(vk_vector *x) {
  for (int i = 0; i < VK_WIDTH; i++) (*x)[i] = vk_exp((*x)[i]);
}

// Returns the cumulative distribution at x and stores the density.
static inline __attribute__((always_inline)) vk_real vk_normal(vk_real x, vk_real *density) {
  *density = 0.39894228040143267794 * exp(-0.5 * x * x);
  return 0.5 * erfc(-x * 0.70710678118654752440);
}

// Returns tanh(x) and stores its derivative.
static inline __attribute__((always_inline)) vk_real vk_tanh(vk_real x, vk_real *derivative) {
  vk_real e = exp(-2 * fabs(x));
  *derivative = 4 * e / ((1 + e) * (1 + e));
  return tanh(x);
}

#else
#include <stdint.h>
#include <string.h>

// exp(x) = 2^n * exp(r), |r| <= ln(2)/2, ln(2) in two parts; p = exp(r) - 1, the polynomial for exp(r) - 1 - r is minimax
// of degree 6 (relative error 3e-9). For a number or a vector.
#define VK_EXP_SPLIT(x, n, p)                                                          \
  n = x * 1.44269504088896341f + 12582912.0f; /* 1.5 * 2^23 rounds to an integer */    \
  n = n - 12582912.0f;                                                                 \
  const __typeof__(x) r = x - n * 0.693359375f + n * 2.12194440e-4f;                   \
  p = r * 0.0013814625480734611f + 0.008368709975609945f;                              \
  p = p * r + 0.04166838719656817f;                                                    \
  p = p * r + 0.16666520688249403f;                                                    \
  p = p * r + 0.4999999345206152f;                                                     \
  p = p * r * r + r;

// Below -87.3 the result is 0, above 88.7 infinity, NaN stays NaN.
static inline __attribute__((always_inline)) float vk_exp(float x) {
  float bounded = x > 89.0f ? 89.0f : x;
  bounded = bounded < -88.0f ? -88.0f : bounded;
  float n, p;
  VK_EXP_SPLIT(bounded, n, p)
  // 2^n in two halves, so that n = 128 does not overflow before the product does.
  int32_t exponent = (int32_t)n;
  int32_t half = exponent >> 1;
  int32_t first = (half + 127) << 23, second = (exponent - half + 127) << 23;
  float a, b;
  memcpy(&a, &first, 4);
  memcpy(&b, &second, 4);
  float y = (p + 1.0f) * a * b;
  y = x < -87.3f ? 0.0f : y;
  return x != x ? x : y;
}

// exp of every element, each at most 0 or NaN; results below 1e-38 are 0.
static inline __attribute__((always_inline)) void vk_exp_in_place(vk_vector *x) {
#pragma clang fp contract(fast)
  typedef int32_t vk_integers __attribute__((vector_size(64)));
  const vk_integers isNormal = *x > -87.3f, isNaN = *x != *x;
  const vk_vector bounded = (vk_vector)((vk_integers)*x & isNormal);
  vk_vector n, p;
  VK_EXP_SPLIT(bounded, n, p)
  const vk_vector power = (vk_vector)((__builtin_convertvector(n, vk_integers) + 127) << 23);
  *x = (vk_vector)(((vk_integers)((p + 1.0f) * power) & isNormal) | ((vk_integers)*x & isNaN));
}

// The lower tail is exp(-t^2/2) * M(t), t = |x|; M is a polynomial in 1/(1 + 0.35 t) fitted with relative error
// 3e-8 on [0, 14]. One exponential serves the distribution and its density.
static inline __attribute__((always_inline)) float vk_normal(float x, float *density) {
  float t = x < 0 ? -x : x;
  float e = vk_exp(-0.5f * t * t);
  float u = 1.0f / (1.0f + 0.35f * t);
  float m = -0.02914593940150142f;
  m = m * u + 0.1439717414881902f;
  m = m * u - 0.25571434332844345f;
  m = m * u + 0.1591742608165732f;
  m = m * u - 0.023109903745105305f;
  m = m * u + 0.10550803298869635f;
  m = m * u + 0.1198328603048253f;
  m = m * u + 0.13986187069151762f;
  m = m * u + 0.13962140423899247f;
  float tail = m * u * e;
  *density = 0.3989422804014327f * e;
  return x < 0 ? tail : 1.0f - tail;
}

// With e = exp(-2|x|) the value is (1 - e)/(1 + e) and the derivative 4e/(1 + e)^2: neither loses digits, 1 - e near 0
// being taken from exp(r) - 1. Beyond 40 the value is 1 and the derivative 7e-35.
static inline __attribute__((always_inline)) float vk_tanh(float x, float *derivative) {
  float t = x < 0 ? -x : x;
  t = -2.0f * (t < 40.0f ? t : 40.0f);  // NaN becomes a number here, which an integer is made of, and NaN again below
  float n, p;
  VK_EXP_SPLIT(t, n, p)
  const int32_t exponent = ((int32_t)n + 127) << 23;
  float power;
  memcpy(&power, &exponent, 4);
  const float less = p * power + (power - 1.0f);
  const float inverse = 1.0f / (2.0f + less);
  const float value = less * inverse;
  *derivative = x != x ? x : 4.0f * (p * power + power) * inverse * inverse;
  return x != x ? x : x < 0 ? value : -value;
}
#endif
