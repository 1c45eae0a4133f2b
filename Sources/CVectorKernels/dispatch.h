// One body, several instruction sets: the loader picks the widest that the CPU has.
#pragma once
#include "vector_kernels.h"

#if defined(__x86_64__) && defined(__linux__)
// Without the width, clang keeps to half of a 512-bit register at x86-64-v4.
#define VK_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), min_vector_width(512)))
#else
#define VK_CLONES
#endif

// Reductions may be reassociated and products contracted inside these kernels; NaN and infinity keep
// their meaning, so a diverged run is still seen.
#define VK_FAST_REDUCTION _Pragma("clang fp reassociate(on) contract(fast)")

// Before loops that call exp, erf or tanh: ours are inlined and vectorise, in double precision they are calls of libm.
#ifdef VITRAIL_DOUBLE
#define VK_VECTORIZE
#else
#define VK_VECTORIZE _Pragma("clang loop vectorize(assume_safety)")
#endif

// CASE(a, b) with both flags as constants, so that each of the four is compiled for itself.
#define VK_BY_FLAGS(CASE, a, b)          \
  do {                                   \
    if (a) {                             \
      if (b)                             \
        CASE(true, true);                \
      else                               \
        CASE(true, false);               \
    } else {                             \
      if (b)                             \
        CASE(false, true);               \
      else                               \
        CASE(false, false);              \
    }                                    \
  } while (0)
