extension Tape {
  /// y = r·x + f·s_b·γ∘branch: x, branch [B, N, D], γ [D] (LayerScale, Touvron et al., 2021) or nil for 1, s [B] a
  /// factor a sample (stochastic depth, Huang et al., 2016) or nil for 1; r and f are constants of the residual rule.
  public func scaledResidual(
    _ x: Tensor, _ branch: Tensor, layerScale: Tensor?, sampleScale: [Scalar]? = nil,
    residualScale: Scalar = 1, branchScale: Scalar = 1
  ) -> Tensor {
    let (shape, rows, width) = (x.shape, x.rows, x.width)
    precondition(shape == branch.shape, "scaledResidual: \(shape) and \(branch.shape)")
    precondition(
      sampleScale.map { $0.count == shape[0] } ?? true, "scaledResidual: one factor a sample of \(shape)")
    precondition(
      layerScale.map { $0.count == width } ?? true, "scaledResidual: one γ a channel of \(shape)")
    let rowsPerSample = rows / shape[0]
    let factor = { (row: Int) in branchScale * (sampleScale?[row / rowsPerSample] ?? 1) }
    let y = allocate(shape)
    let buffer = y.buffer
    let compute = { [unowned self, unowned buffer] in
      let (skip, part, gamma, target) = (x.pointer, branch.pointer, layerScale?.pointer, buffer.pointer)
      timed(.biasesAndResiduals) {
        for row in 0..<rows {
          let start = row * width
          if let gamma {
            accumulate(target + start, beta: 0, skip + start, scaledBy: residualScale, width)
            accumulateProducts(
              target + start, beta: 1, gamma, part + start, scaledBy: factor(row), width)
          } else {
            add(
              skip + start, scaledBy: residualScale, part + start, scaledBy: factor(row), width,
              into: target + start)
          }
        }
      }
    }
    compute()
    if sampleScale == nil {
      trace(
        .scaledResidual(
          x, branch, layerScale: layerScale, residualScale: residualScale, branchScale: branchScale), y)
    }

    // Of x and, without γ, of the branch only the gradients are wanted: their values may go.
    let (skipSlot, branchSlot, scaled) = (x.gradient, branch.gradient, layerScale.map { _ in branch })
    return record(y, from: x, branch, layerScale, restore: compute) { [unowned self] upstream in
      if layerScale == nil && sampleScale == nil {
        branchSlot?.add(upstream, scaledBy: branchScale, pool: pool)
      } else {
        let gammaTarget = zeroedAccumulator(layerScale)
        let branchTarget = branchSlot?.accumulator(shape: shape, pool: pool)
        let (part, gamma) = (scaled?.pointer, layerScale?.pointer)
        timed(.biasesAndResiduals) {
          for row in 0..<rows {
            let (start, g) = (row * width, upstream.pointer + row * width)
            if let gammaTarget, let part {
              accumulateProducts(gammaTarget, beta: 1, g, part + start, scaledBy: factor(row), width)
            }
            guard let (target, beta) = branchTarget else { continue }
            if let gamma {
              accumulateProducts(target + start, beta: beta, gamma, g, scaledBy: factor(row), width)
            } else {
              accumulate(target + start, beta: beta, g, scaledBy: factor(row), width)
            }
          }
        }
      }
      skipSlot?.add(upstream, scaledBy: residualScale, pool: pool)
    }
  }
}
