#include <stdbool.h>
#include <string.h>

#include "dispatch.h"
#include "exponential.h"

typedef vk_real vk_unaligned __attribute__((vector_size(64), aligned(sizeof(vk_real)), may_alias));
#ifdef VITRAIL_DOUBLE
#define VK_INTERLEAVE_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define VK_INTERLEAVE_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define VK_INTERLEAVE_LOW(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define VK_INTERLEAVE_HIGH(a, b) \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#endif

// Where the parts of the scratch memory begin. Matrices with a row a token are used where they lie when a head is a
// whole number of vectors wide; otherwise copies with padded rows stand in for them.
typedef struct {
  long tokens, head, width, paddedTokens, paddedHead, tile;
  bool isAligned;
  vk_real *queries, *upstream;      // transposed, [head, paddedTokens]
  vk_real *scores, *scoreGradients;  // [tokens, tile]
  vk_real *copy, *queryCopy, *upstreamCopy, *keyGradient, *valueGradient;  // [tokens, paddedHead]
  vk_real *result;                                                        // [tile, paddedHead]
  long count;
} vk_layout;

static vk_layout vk_layout_of(vk_attention_shape s, vk_real *scratch) {
  vk_layout l;
  l.tokens = s.tokens;
  l.head = s.head;
  l.width = s.heads * s.head;
  l.paddedTokens = vk_attention_padded(s.tokens);
  l.paddedHead = vk_attention_padded(s.head);
  l.isAligned = l.paddedHead == s.head;
  // The most queries, whole vectors and at most four, whose scores against all keys stay in the second-level cache.
  l.tile = 4 * VK_WIDTH;
  while (l.tile > VK_WIDTH && l.tile * s.tokens > 65536) l.tile /= 2;
  if (l.tile > l.paddedTokens) l.tile = l.paddedTokens;
  long used = 0;
#define VK_PART(name, size) \
  l.name = scratch + used;  \
  used += vk_attention_padded(size);
  const long rows = l.isAligned ? 0 : s.tokens * l.paddedHead;
  VK_PART(queries, s.head * l.paddedTokens)
  VK_PART(upstream, s.head * l.paddedTokens)
  VK_PART(scores, s.tokens * l.tile)
  VK_PART(scoreGradients, s.tokens * l.tile)
  VK_PART(copy, rows)
  VK_PART(queryCopy, rows)
  VK_PART(upstreamCopy, rows)
  VK_PART(keyGradient, rows)
  VK_PART(valueGradient, rows)
  VK_PART(result, l.isAligned ? 0 : l.tile * l.paddedHead)
#undef VK_PART
  l.count = used;
  return l;
}

long vk_attention_padded(long count) { return (count + VK_WIDTH - 1) / VK_WIDTH * VK_WIDTH; }

long vk_attention_scratch(vk_attention_shape s) { return vk_layout_of(s, NULL).count; }

typedef struct {
  const vk_real *at;
  long stride;
} vk_operand;

typedef struct {
  vk_real *at;
  long stride;
} vk_target;

// A head's matrix [tokens, head] with rows of whole vectors: itself where it has them, else the copy.
static vk_operand vk_padded(const vk_layout *l, const vk_real *matrix, long stride, vk_real *copy) {
  if (l->isAligned) return (vk_operand){matrix, stride};
  for (long row = 0; row < l->tokens; row++)
    for (long i = 0; i < l->paddedHead; i++)
      copy[row * l->paddedHead + i] = i < l->head ? matrix[row * stride + i] : 0;
  return (vk_operand){copy, l->paddedHead};
}

// Where rows of whole vectors may be written that belong to `matrix`.
static vk_target vk_target_of(const vk_layout *l, vk_real *matrix, long stride, vk_real *copy) {
  return l->isAligned ? (vk_target){matrix, stride} : (vk_target){copy, l->paddedHead};
}

// Brings rows that were written elsewhere to the matrix that they belong to.
static void vk_deliver(const vk_layout *l, vk_target from, vk_real *matrix, long stride, long rows) {
  if (l->isAligned) return;
  for (long row = 0; row < rows; row++)
    memcpy(matrix + row * stride, from.at + row * from.stride, (size_t)l->head * sizeof(vk_real));
}

#if defined(__x86_64__) && defined(__linux__)
// 32 registers of one vector: 13 sums of a vector, or 24 of several, beside B's row.
#define VK_NAME(x) vk_v4_##x
#define VK_TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define VK_WIDEST 4
#define VK_TALLEST(vectors) ((vectors) == 1 ? 13 : (vectors) == 2 ? 12 : (vectors) == 3 ? 8 : 6)
#include "attention_body.h"
#undef VK_NAME
#undef VK_TARGET
#undef VK_WIDEST
#undef VK_TALLEST
// 16 registers of half a vector.
#define VK_NAME(x) vk_v3_##x
#define VK_TARGET __attribute__((target("arch=x86-64-v3")))
#define VK_WIDEST 1
#define VK_TALLEST(vectors) 6
#include "attention_body.h"
#undef VK_NAME
#undef VK_TARGET
#undef VK_WIDEST
#undef VK_TALLEST
static int vk_level_limit = 4;
void vk_limit_attention_level(int level) { vk_level_limit = level; }
#define VK_DISPATCH(function, ...)                                                                        \
  (vk_level_limit >= 4 && __builtin_cpu_supports("x86-64-v4")   ? vk_v4_##function(__VA_ARGS__)           \
   : vk_level_limit >= 3 && __builtin_cpu_supports("x86-64-v3") ? vk_v3_##function(__VA_ARGS__)           \
                                                                : vk_baseline_##function(__VA_ARGS__))
#else
void vk_limit_attention_level(int level) { (void)level; }
#define VK_DISPATCH(function, ...) vk_baseline_##function(__VA_ARGS__)
#endif

// 16 registers (SSE2) or 32 (NEON) of a quarter of a vector.
#define VK_NAME(x) vk_baseline_##x
#define VK_TARGET
#define VK_WIDEST 1
#define VK_TALLEST(vectors) 3
#include "attention_body.h"

void vk_attention(const vk_real *qkv, vk_real *output, vk_real *statistics, vk_real *scratch, vk_attention_shape shape) {
  VK_DISPATCH(forward, qkv, output, statistics, scratch, shape);
}

void vk_attention_backward(const vk_real *qkv, const vk_real *upstream, const vk_real *statistics, vk_real *gradient,
                           vk_real *scratch, vk_attention_shape shape) {
  VK_DISPATCH(backward, qkv, upstream, statistics, gradient, scratch, shape);
}
