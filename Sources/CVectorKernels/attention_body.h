// Attention over the heads of one batch, included by attention.c once for each instruction set: VK_NAME(x) names
// this copy, VK_TARGET is its attribute, VK_WIDEST the widest tile in vectors and VK_TALLEST(vectors) its most rows.

// C[rows, vectors] (+)= A·B in registers; element (m, k) of A is a[m*aRow + k*aInner], B and C have stored rows.
static inline __attribute__((always_inline)) void VK_NAME(tile)(
    const int rows, const int vectors, bool accumulates, long inner, const vk_real *a, long aRow, long aInner,
    const vk_real *b, long bStride, vk_real *c, long cStride) {
#pragma clang fp contract(fast)
  vk_vector sum[VK_TALLEST(1)][VK_WIDEST];
#pragma clang loop unroll(full)
  for (int m = 0; m < rows; m++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[m][v] = (vk_vector){0};
  for (long k = 0; k < inner; k++) {
    vk_vector row[VK_WIDEST];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) row[v] = *(const vk_unaligned *)(b + k * bStride + v * VK_WIDTH);
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++) {
      vk_real factor = a[m * aRow + k * aInner];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sum[m][v] += factor * row[v];
    }
  }
#pragma clang loop unroll(full)
  for (int m = 0; m < rows; m++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      vk_unaligned *target = (vk_unaligned *)(c + m * cStride + v * VK_WIDTH);
      *target = accumulates ? *target + sum[m][v] : sum[m][v];
    }
}

// All rows of C for `vectors` of its columns, in tiles of nearly the same height.
static inline __attribute__((always_inline)) void VK_NAME(panel)(
    const int vectors, bool accumulates, long rows, long inner, const vk_real *a, long aRow, long aInner,
    const vk_real *b, long bStride, vk_real *c, long cStride) {
  long tiles = (rows + VK_TALLEST(vectors) - 1) / VK_TALLEST(vectors);
  for (long t = 0, m = 0; t < tiles; t++) {
    long height = (rows - m + (tiles - t) - 1) / (tiles - t);
#define VK_CASE(h)                                                                                          \
  case h:                                                                                                   \
    if (h <= VK_TALLEST(vectors))                                                                           \
      VK_NAME(tile)(h <= VK_TALLEST(vectors) ? h : 1, vectors, accumulates, inner, a + m * aRow, aRow, aInner, b, \
                    bStride, c + m * cStride, cStride);                                                     \
    break;
    switch (height) {
      VK_CASE(1) VK_CASE(2) VK_CASE(3) VK_CASE(4) VK_CASE(5) VK_CASE(6) VK_CASE(7)
      VK_CASE(8) VK_CASE(9) VK_CASE(10) VK_CASE(11) VK_CASE(12) VK_CASE(13)
    }
#undef VK_CASE
    m += height;
  }
}

// C[rows, columns] = A·B, or C += A·B; columns a multiple of VK_WIDTH.
VK_TARGET static __attribute__((noinline)) void VK_NAME(product)(
    bool accumulates, long rows, long columns, long inner, const vk_real *a, long aRow, long aInner, const vk_real *b,
    long bStride, vk_real *c, long cStride) {
  for (long j = 0; j < columns;) {
    long left = (columns - j) / VK_WIDTH;
    int vectors = left < VK_WIDEST ? (int)left : VK_WIDEST;
#define VK_CASE(count)                                                                                          \
  case count:                                                                                                   \
    if (count <= VK_WIDEST)                                                                                     \
      VK_NAME(panel)(count <= VK_WIDEST ? count : 1, accumulates, rows, inner, a, aRow, aInner, b + j, bStride, c + j, \
                     cStride);                                                                                  \
    break;
    switch (vectors) {
      VK_CASE(1) VK_CASE(2) VK_CASE(3) VK_CASE(4)
    }
#undef VK_CASE
    j += vectors * VK_WIDTH;
  }
}

// Scores of keys by queries, in place, to probabilities: down the columns, so that no sum runs across a vector.
// With `known`, the columns' largest scores and inverse sums are read, else they are written.
static inline __attribute__((always_inline)) void VK_NAME(softmax)(
    const bool known, vk_real *scores, long keys, long queries, vk_real scale, vk_real *largest, vk_real *inverse) {
#pragma clang fp contract(fast)
  for (long j = 0; j < queries; j += VK_WIDTH) {
    vk_real *column = scores + j;
    vk_vector top, factor;
    if (known) {
      top = *(const vk_unaligned *)(largest + j);
      factor = *(const vk_unaligned *)(inverse + j);
    } else {
      top = *(const vk_unaligned *)column;
      for (long key = 1; key < keys; key++) {
        vk_vector s = *(const vk_unaligned *)(column + key * queries);
        top = __builtin_elementwise_max(s, top);
      }
      vk_vector sum = (vk_vector){0};
      for (long key = 0; key < keys; key++) {
        vk_vector p = scale * (*(const vk_unaligned *)(column + key * queries) - top);
        vk_exp_in_place(&p);
        *(vk_unaligned *)(column + key * queries) = p;
        sum += p;
      }
      factor = 1 / sum;
      *(vk_unaligned *)(largest + j) = top;
      *(vk_unaligned *)(inverse + j) = factor;
    }
    for (long key = 0; key < keys; key++) {
      vk_vector p = *(const vk_unaligned *)(column + key * queries);
      if (known) {
        p = scale * (p - top);
        vk_exp_in_place(&p);
      }
      *(vk_unaligned *)(column + key * queries) = p * factor;
    }
  }
}

// dS = scale·P∘(dP − Σ dP∘P) in place of dP, the sum down the columns.
static inline __attribute__((always_inline)) void VK_NAME(softmaxBackward)(
    const vk_real *p, vk_real *ds, long keys, long queries, vk_real scale) {
#pragma clang fp contract(fast)
  for (long j = 0; j < queries; j += VK_WIDTH) {
    vk_vector dot = (vk_vector){0};
    for (long at = j; at < keys * queries; at += queries)
      dot += *(const vk_unaligned *)(p + at) * *(const vk_unaligned *)(ds + at);
    for (long at = j; at < keys * queries; at += queries) {
      vk_unaligned *d = (vk_unaligned *)(ds + at);
      *d = scale * *(const vk_unaligned *)(p + at) * (*d - dot);
    }
  }
}

// target[column, row] = source[row, column], rows of `targetStride` values; those past the source's rows are 0.
static inline __attribute__((always_inline)) void VK_NAME(transpose)(
    const vk_real *source, long stride, long rows, long columns, vk_real *target, long targetStride) {
  for (long row = 0; row < targetStride; row += VK_WIDTH) {
    long height = rows - row < VK_WIDTH ? rows - row : VK_WIDTH, column = 0;
    const vk_real *block = source + row * stride;
    for (; column + VK_WIDTH <= columns; column += VK_WIDTH) {
      vk_vector lines[VK_WIDTH];
      for (long i = 0; i < VK_WIDTH; i++)
        lines[i] = i < height ? (vk_vector) * (const vk_unaligned *)(block + i * stride + column) : (vk_vector){0};
      // Each round interleaves the first half of the lines with the second; log2(VK_WIDTH) rounds transpose.
#pragma clang loop unroll(full)
      for (int round = 1; round < VK_WIDTH; round *= 2) {
        vk_vector next[VK_WIDTH];
#pragma clang loop unroll(full)
        for (int i = 0; i < VK_WIDTH / 2; i++) {
          next[2 * i] = VK_INTERLEAVE_LOW(lines[i], lines[i + VK_WIDTH / 2]);
          next[2 * i + 1] = VK_INTERLEAVE_HIGH(lines[i], lines[i + VK_WIDTH / 2]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < VK_WIDTH; i++) lines[i] = next[i];
      }
      for (long i = 0; i < VK_WIDTH; i++) *(vk_unaligned *)(target + (column + i) * targetStride + row) = lines[i];
    }
    for (; column < columns; column++)
      for (long i = 0; i < VK_WIDTH; i++)
        target[column * targetStride + row + i] = i < height ? block[i * stride + column] : 0;
  }
}

VK_TARGET static void VK_NAME(forward)(const vk_real *qkv, vk_real *output, vk_real *statistics, vk_real *scratch,
                                       vk_attention_shape s) {
  const vk_layout l = vk_layout_of(s, scratch);
  const long stride = 3 * l.width;
  for (long pair = 0; pair < s.batch * s.heads; pair++) {
    const long sample = pair / s.heads, h = pair % s.heads;
    const vk_real *q = qkv + sample * s.tokens * stride + h * s.head, *k = q + l.width;
    vk_real *out = output + sample * s.tokens * l.width + h * s.head;
    vk_real *largest = statistics + pair * 2 * l.paddedTokens, *inverse = largest + l.paddedTokens;
    VK_NAME(transpose)(q, stride, s.tokens, s.head, l.queries, l.paddedTokens);
    const vk_operand values = vk_padded(&l, k + l.width, stride, l.copy);
    for (long start = 0; start < l.paddedTokens; start += l.tile) {
      const long queries = l.paddedTokens - start < l.tile ? l.paddedTokens - start : l.tile;
      const long rows = s.tokens - start < queries ? s.tokens - start : queries;
      VK_NAME(product)(false, s.keys, queries, s.head, k, stride, 1, l.queries + start, l.paddedTokens, l.scores, queries);
      VK_NAME(softmax)(false, l.scores, s.keys, queries, s.scale, largest + start, inverse + start);
      const vk_target target = vk_target_of(&l, out + start * l.width, l.width, l.result);
      VK_NAME(product)(false, rows, l.paddedHead, s.keys, l.scores, 1, queries, values.at, values.stride, target.at,
                       target.stride);
      vk_deliver(&l, target, out + start * l.width, l.width, rows);
    }
  }
}

VK_TARGET static void VK_NAME(backward)(const vk_real *qkv, const vk_real *upstream, const vk_real *statistics,
                                        vk_real *gradient, vk_real *scratch, vk_attention_shape s) {
  const vk_layout l = vk_layout_of(s, scratch);
  const long stride = 3 * l.width;
  for (long pair = 0; pair < s.batch * s.heads; pair++) {
    const long sample = pair / s.heads, h = pair % s.heads, base = sample * s.tokens * stride + h * s.head;
    const vk_real *q = qkv + base, *k = q + l.width, *v = k + l.width;
    const vk_real *g = upstream + sample * s.tokens * l.width + h * s.head;
    vk_real *largest = (vk_real *)statistics + pair * 2 * l.paddedTokens, *inverse = largest + l.paddedTokens;
    vk_real *dq = gradient + base, *dk = dq + l.width, *dv = dk + l.width;
    VK_NAME(transpose)(q, stride, s.tokens, s.head, l.queries, l.paddedTokens);
    VK_NAME(transpose)(g, l.width, s.tokens, s.head, l.upstream, l.paddedTokens);
    const vk_operand keys = vk_padded(&l, k, stride, l.copy), queryRows = vk_padded(&l, q, stride, l.queryCopy);
    const vk_operand upstreamRows = vk_padded(&l, g, l.width, l.upstreamCopy);
    const vk_target keyTarget = vk_target_of(&l, dk, stride, l.keyGradient);
    const vk_target valueTarget = vk_target_of(&l, dv, stride, l.valueGradient);
    for (long start = 0; start < l.paddedTokens; start += l.tile) {
      const long queries = l.paddedTokens - start < l.tile ? l.paddedTokens - start : l.tile;
      const long rows = s.tokens - start < queries ? s.tokens - start : queries;
      vk_real *p = l.scores, *ds = l.scoreGradients;
      VK_NAME(product)(false, s.keys, queries, s.head, k, stride, 1, l.queries + start, l.paddedTokens, p, queries);
      VK_NAME(softmax)(true, p, s.keys, queries, s.scale, largest + start, inverse + start);
      // dP = V·gᵀ, keys by queries; dV += P·g; dK += dS·Q; dQ = dSᵀ·K
      VK_NAME(product)(false, s.keys, queries, s.head, v, stride, 1, l.upstream + start, l.paddedTokens, ds, queries);
      VK_NAME(softmaxBackward)(p, ds, s.keys, queries, s.scale);
      VK_NAME(product)(start > 0, s.keys, l.paddedHead, rows, p, queries, 1,
                       upstreamRows.at + start * upstreamRows.stride, upstreamRows.stride, valueTarget.at,
                       valueTarget.stride);
      VK_NAME(product)(start > 0, s.keys, l.paddedHead, rows, ds, queries, 1, queryRows.at + start * queryRows.stride,
                       queryRows.stride, keyTarget.at, keyTarget.stride);
      const vk_target target = vk_target_of(&l, dq + start * stride, stride, l.result);
      VK_NAME(product)(false, rows, l.paddedHead, s.keys, ds, 1, queries, keys.at, keys.stride, target.at,
                       target.stride);
      vk_deliver(&l, target, dq + start * stride, stride, rows);
    }
    vk_deliver(&l, keyTarget, dk, stride, s.keys);
    vk_deliver(&l, valueTarget, dv, stride, s.keys);
    for (long token = s.keys; token < s.tokens; token++) {
      memset(dk + token * stride, 0, (size_t)s.head * sizeof(vk_real));
      memset(dv + token * stride, 0, (size_t)s.head * sizeof(vk_real));
    }
  }
}
