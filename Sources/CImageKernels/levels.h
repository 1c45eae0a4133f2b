// Which instruction sets the kernels may use on this machine.
#pragma once

#include "image_kernels.h"

extern int ik_level_limit;

#if defined(__x86_64__)
#define IK_AVX2 __attribute__((target("avx2")))
#define IK_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"), min_vector_width(512)))

/// 0 portable, 1 AVX2, 2 AVX-512 with VNNI.
static inline int ik_level(void) {
  const int level = __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") &&
                            __builtin_cpu_supports("avx512vl")
                        ? 2
                    : __builtin_cpu_supports("avx2") ? 1
                                                     : 0;
  return level < ik_level_limit ? level : ik_level_limit;
}
#endif
