extension Tape {
  /// y = factor·x.
  public func scaled(_ x: Tensor, by factor: Scalar) -> Tensor {
    let y = allocate(x.shape)
    let (buffer, count) = (y.buffer, x.count)
    let compute = { [unowned self, unowned buffer] in
      let input = x.pointer
      timed(.biasesAndResiduals) { accumulate(buffer.pointer, beta: 0, input, scaledBy: factor, count) }
    }
    compute()
    trace(.scaled(x, by: factor), y)

    let slot = x.gradient  // not x: its values may go
    return record(y, from: x, restore: compute) { [unowned self] upstream in
      timed(.biasesAndResiduals) { slot?.add(upstream, scaledBy: factor, pool: pool) }
    }
  }

  /// Channels times factors: x [..., D], factors [G] with G dividing D, each for the next D/G channels; G = D gives a
  /// factor a channel, G the number of heads one a head.
  public func scaledChannels(_ x: Tensor, by factors: Tensor) -> Tensor {
    let (rows, width, groups) = (x.rows, x.width, factors.count)
    precondition(width % groups == 0, "scaledChannels: \(groups) factors for \(x.shape)")
    let group = width / groups
    let y = allocate(x.shape)
    let buffer = y.buffer
    let compute = { [unowned self, unowned buffer] in
      let (input, target, factor) = (x.pointer, buffer.pointer, factors.pointer)
      timed(.biasesAndResiduals) {
        for row in 0..<rows {
          scaleGroups(
            input + row * width, factor, groups, of: group, beta: 0, into: target + row * width)
        }
      }
    }
    compute()
    trace(.scaledChannels(x, by: factors), y)

    return record(y, from: x, factors, restore: compute) { [unowned self] upstream in
      let factorTarget = zeroedAccumulator(factors)
      let target = x.gradient?.accumulator(shape: x.shape, pool: pool)
      let (input, g, factor) = (x.pointer, upstream.pointer, factors.pointer)
      timed(.biasesAndResiduals) {
        for row in 0..<rows {
          let start = row * width
          if let factorTarget {
            if group == 1 {
              accumulateProducts(factorTarget, beta: 1, g + start, input + start, scaledBy: 1, width)
            } else {
              for index in 0..<groups {
                factorTarget[index] += dot(g + start + index * group, input + start + index * group, group)
              }
            }
          }
          guard let (target, beta) = target else { continue }
          scaleGroups(g + start, factor, groups, of: group, beta: beta, into: target + start)
        }
      }
    }
  }
}

/// target = beta·target + factors∘row, each factor for the next `size` channels.
@inline(__always)
private func scaleGroups(
  _ row: UnsafePointer<Scalar>, _ factors: UnsafePointer<Scalar>, _ groups: Int, of size: Int, beta: Scalar,
  into target: UnsafeMutablePointer<Scalar>
) {
  if size == 1 { return accumulateProducts(target, beta: beta, factors, row, scaledBy: 1, groups) }
  for index in 0..<groups {
    accumulate(target + index * size, beta: beta, row + index * size, scaledBy: factors[index], size)
  }
}
