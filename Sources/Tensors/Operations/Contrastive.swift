#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

extension Tape {
  /// InfoNCE (van den Oord et al., 2018): mean over queries of −log of the positive key's share in Σ_k exp(q·k/τ).
  ///
  /// queries [n, D], keys [m, D]; `positives` [n] names each query's key; `excluded` [n] a key that does not count for it,
  /// such as the query itself, nil for none. Differentiated with respect to both. Scores live in blocks of rows, which the
  /// backward computes again: n × m is never held.
  public func contrastiveLoss(
    _ queries: Tensor, _ keys: Tensor, positives: [Int], excluded: [Int]? = nil, temperature: Scalar
  ) -> Tensor {
    let (rows, count, width) = (queries.rows, keys.rows, queries.width)
    precondition(
      keys.width == width && positives.count == rows && (excluded?.count ?? rows) == rows
        && positives.allSatisfy { 0..<count ~= $0 } && temperature > 0,
      "contrastiveLoss: queries \(queries.shape), keys \(keys.shape), \(positives.count) positives")
    let block = min(rows, max(1, Self.contrastiveScores / count))
    let scores = allocate([block, count])

    /// The shares of all keys in the rows from `start` on; returns Σ of the rows' losses.
    func shares(from start: Int) -> Double {
      let height = min(block, rows - start)
      gemm(
        height, count, width, queries.pointer + start * width, stride: width, .none, keys.pointer,
        stride: width, .transposed, beta: 0, scores.pointer, stride: count)
      var loss = 0.0
      for row in 0..<height {
        loss -= Double(scores.pointer[row * count + positives[start + row]] / temperature)
        if let excluded { scores.pointer[row * count + excluded[start + row]] = -.infinity }
      }
      let part = Tensor(shape: [height, count], buffer: scores.buffer, offset: scores.offset)
      return loss + softmaxRows(part, scale: 1 / temperature, into: part).reduce(0, +)
    }

    var total = 0.0
    for start in stride(from: 0, to: rows, by: block) { total += shares(from: start) }
    let loss = allocate([1])
    loss.pointer[0] = Scalar(total / Double(rows))

    return record(loss, from: queries, keys) { [unowned self] upstream in
      let factor = upstream.pointer[0] / (temperature * Scalar(rows))
      let queryTarget = zeroedAccumulator(queries)
      let keyTarget = zeroedAccumulator(keys)
      for start in stride(from: 0, to: rows, by: block) {
        let height = min(block, rows - start)
        _ = shares(from: start)
        for row in 0..<height { scores.pointer[row * count + positives[start + row]] -= 1 }
        if let queryTarget {
          gemm(
            height, width, count, alpha: factor, scores.pointer, stride: count, .none, keys.pointer,
            stride: width, .none, beta: 1, queryTarget + start * width, stride: width)
        }
        if let keyTarget {
          gemm(
            count, width, height, alpha: factor, scores.pointer, stride: count, .transposed,
            queries.pointer + start * width, stride: width, .none, beta: 1, keyTarget, stride: width)
        }
      }
    }
  }

  /// Scores of a block: 4 MB in single precision.
  private static let contrastiveScores = 1 << 20
}
