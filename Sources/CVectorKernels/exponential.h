// exp, the normal distribution and tanh, branch-free so that loops around them vectorise.
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
  const vk_real e = exp(-2 * fabs(x));
  *derivative = 4 * e / ((1 + e) * (1 + e));
  return tanh(x);
}

#else
#include <stdint.h>
#include <string.h>

// exp(x) = 2^n * exp(r), |r| <= ln(2)/2, ln(2) in two parts; p = exp(r), the polynomial for exp(r) - 1 - r is minimax
// of degree 6 (relative error 3e-9). For a number or a vector.
#define VK_EXP_SPLIT(x, n, p)                                                          \
  n = x * 1.44269504088896341f + 12582912.0f; /* 1.5 * 2^23 rounds to an integer */    \
  n = n - 12582912.0f;                                                                 \
  const __typeof__(x) r = x - n * 0.693359375f + n * 2.12194440e-4f;                   \
  p = r * 0.0013814625480734611f + 0.008368709975609945f;                              \
  p = p * r + 0.04166838719656817f;                                                    \
  p = p * r + 0.16666520688249403f;                                                    \
  p = p * r + 0.4999999345206152f;                                                     \
  p = p * r * r + r + 1.0f;

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
  float y = p * a * b;
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
  *x = (vk_vector)(((vk_integers)(p * power) & isNormal) | ((vk_integers)*x & isNaN));
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

// x * P(x^2) / Q(x^2), minimax of degrees 4 and 4 on [-9.1, 9.1] (relative error 2.3e-8), beyond which tanh rounds to 1;
// no term is negative, so that none cancels. Faster than by way of exp. NaN stays NaN.
static inline __attribute__((always_inline)) float vk_tanh(float x, float *derivative) {
  const float s = x * x;
  float p = s * 1.317725481509924e-08f + 2.04809860797334e-05f;
  p = p * s + 0.003487798706660395f;
  p = p * s + 0.1337446481021378f;
  p = p * s + 0.9999999772142215f;
  float q = s * 7.703934117027281e-07f + 0.00032729000695211477f;
  q = q * s + 0.025847341633538416f;
  q = q * s + 0.46707778595441757f;
  q = q * s + 1.0f;
  float value = x * p / q;
  value = x > 9.01f ? 1.0f : value;  // where 1 - tanh is a quarter of a unit in the last place
  value = x < -9.01f ? -1.0f : value;
  value = value > 1.0f ? 1.0f : value;
  value = value < -1.0f ? -1.0f : value;
  *derivative = 1.0f - value * value;
  return value;
}
#endif
