extension Tape {
  /// y = factor·x.
  public func scaled(_ x: Tensor, by factor: Scalar) -> Tensor {
    let y = allocate(x.shape)
    let (buffer, count) = (y.buffer, x.count)
    let compute = { [unowned buffer] in
      let (input, target) = (x.pointer, buffer.pointer)
      for index in 0..<count { target[index] = factor * input[index] }
    }
    compute()
    return record(y, from: x, restore: compute) { [unowned self] upstream in
      guard let (target, beta) = x.gradient?.accumulator(shape: x.shape, pool: pool) else { return }
      for index in 0..<count {
        let value = factor * upstream.pointer[index]
        target[index] = beta == 0 ? value : target[index] + value
      }
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
    let compute = { [unowned buffer] in
      let (input, target) = (x.pointer, buffer.pointer)
      for row in 0..<rows {
        for index in 0..<groups {
          let (factor, start) = (factors.pointer[index], row * width + index * group)
          for channel in start..<start + group { target[channel] = factor * input[channel] }
        }
      }
    }
    compute()
    return record(y, from: x, factors, restore: compute) { [unowned self] upstream in
      let factorTarget = zeroedAccumulator(factors)
      let target = x.gradient?.accumulator(shape: x.shape, pool: pool)
      let (input, g) = (x.pointer, upstream.pointer)
      for row in 0..<rows {
        for index in 0..<groups {
          let (factor, start) = (factors.pointer[index], row * width + index * group)
          if let factorTarget {
            var sum: Scalar = 0
            for channel in start..<start + group { sum += g[channel] * input[channel] }
            factorTarget[index] += sum
          }
          guard let (target, beta) = target else { continue }
          for channel in start..<start + group {
            target[channel] = beta == 0 ? factor * g[channel] : target[channel] + factor * g[channel]
          }
        }
      }
    }
  }
}
