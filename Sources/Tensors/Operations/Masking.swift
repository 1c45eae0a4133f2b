extension Tape {
  /// x with the rows at `patchIndices` of every sample replaced by one token: x [B, N, D], token [1, 1, D], patchIndices [B·M], each
  /// below N and no two of a sample equal (Xie et al., 2021).
  public func replaced(_ x: Tensor, by token: Tensor, at patchIndices: [Int32]) -> Tensor {
    let (batch, tokens, width) = (x.shape[0], x.shape[1], x.shape[2])
    precondition(
      token.count == width && patchIndices.count % batch == 0,
      "replaced: \(patchIndices.count) patchIndices of \(x.shape), token \(token.shape)")
    let masked = patchIndices.count / batch
    let rows = patchIndices.indices.map { $0 / masked * tokens + Int(patchIndices[$0]) }
    let output = allocate(x.shape)
    output.pointer.update(from: x.pointer, count: x.count)
    for row in rows { (output.pointer + row * width).update(from: token.pointer, count: width) }

    return record(output, from: x, token) { [unowned self] upstream in
      if let target = zeroedAccumulator(token) {
        for row in rows { addInPlace(target, upstream.pointer + row * width, width) }
      }
      guard let (target, beta) = x.gradient?.accumulator(shape: x.shape, pool: pool) else { return }
      var isReplaced = [Bool](repeating: false, count: batch * tokens)
      for row in rows { isReplaced[row] = true }
      for row in 0..<batch * tokens {
        let output = target + row * width
        if !isReplaced[row] {
          accumulate(output, beta: beta, upstream.pointer + row * width, width)
        } else if beta == 0 {
          output.update(repeating: 0, count: width)
        }
      }
    }
  }

  /// Rows mixed by a constant matrix: y = M·x, M [m, n], x [1, n, D] → [1, m, D]; of a table of positions, its values
  /// between the patchIndices.
  public func remixed(_ x: Tensor, by matrix: Tensor) -> Tensor {
    let (count, width) = (matrix.shape[0], x.width)
    precondition(
      matrix.width == x.rows && x.shape[0] == 1, "remixed: matrix \(matrix.shape), input \(x.shape)")
    let y = allocate([1, count, width])
    gemm(
      count, width, x.rows, matrix.pointer, stride: matrix.width, .none, x.pointer, stride: width, .none,
      beta: 0, y.pointer, stride: width)

    return record(y, from: x) { [unowned self] upstream in
      guard let (target, beta) = x.gradient?.accumulator(shape: x.shape, pool: pool) else { return }
      gemm(
        x.rows, width, count, matrix.pointer, stride: matrix.width, .transposed, upstream.pointer,
        stride: width, .none, beta: beta, target, stride: width)
    }
  }
}
