extension Tape {
  /// y = x + s_b·γ∘branch: x, branch [B, N, D], γ [D] (LayerScale, Touvron et al., 2021) or nil for 1, s [B] a
  /// factor a sample (stochastic depth, Huang et al., 2016) or nil for 1.
  public func scaledResidual(_ x: Tensor, _ branch: Tensor, layerScale: Tensor?, sampleScale: [Scalar]? = nil)
    -> Tensor
  {
    let width = x.width
    let rows = x.rows
    precondition(x.shape == branch.shape, "scaledResidual: \(x.shape) and \(branch.shape)")
    precondition(
      sampleScale.map { $0.count == x.shape[0] } ?? true, "scaledResidual: one factor a sample of \(x.shape)")
    let rowsPerSample = rows / x.shape[0]
    let y = allocate(x.shape)
    for row in 0..<rows {
      let factor = sampleScale?[row / rowsPerSample] ?? 1
      let (skip, part, target) = (
        x.pointer + row * width, branch.pointer + row * width, y.pointer + row * width
      )
      for index in 0..<width {
        target[index] = skip[index] + factor * (layerScale?.pointer[index] ?? 1) * part[index]
      }
    }

    return record(y, from: x, branch, layerScale) { [unowned self] upstream in
      let scaleTarget = layerScale?.gradient?.accumulator(shape: [width], pool: pool)
      if let scaleTarget, scaleTarget.beta == 0 { scaleTarget.pointer.update(repeating: 0, count: width) }
      let branchTarget = branch.gradient?.accumulator(shape: branch.shape, pool: pool)
      for row in 0..<rows {
        let factor = sampleScale?[row / rowsPerSample] ?? 1
        let g = upstream.pointer + row * width
        let part = branch.pointer + row * width
        if let scaleTarget {
          for index in 0..<width { scaleTarget.pointer[index] += factor * g[index] * part[index] }
        }
        if let (target, beta) = branchTarget {
          let rowTarget = target + row * width
          for index in 0..<width {
            let value = factor * (layerScale?.pointer[index] ?? 1) * g[index]
            rowTarget[index] = beta == 0 ? value : rowTarget[index] + value
          }
        }
      }
      x.gradient?.add(upstream, pool: pool)
    }
  }
}
