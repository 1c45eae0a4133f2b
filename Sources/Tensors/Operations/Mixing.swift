extension Tape {
  /// y = share·a + (1 − share)·b, of one shape.
  public func mixed(_ a: Tensor, _ b: Tensor, share: Scalar) -> Tensor {
    precondition(a.shape == b.shape, "mixed: \(a.shape) and \(b.shape)")
    let y = allocate(a.shape)
    let (buffer, count) = (y.buffer, a.count)
    let compute = { [unowned buffer] in
      let (first, second, target) = (a.pointer, b.pointer, buffer.pointer)
      for index in 0..<count { target[index] = share * first[index] + (1 - share) * second[index] }
    }
    compute()
    return record(y, from: a, b, restore: compute) { [unowned self] upstream in
      for (input, factor) in [(a, share), (b, 1 - share)] {
        guard let (target, beta) = input.gradient?.accumulator(shape: input.shape, pool: pool) else {
          continue
        }
        let g = upstream.pointer
        if beta == 0 {
          for index in 0..<count { target[index] = factor * g[index] }
        } else {
          for index in 0..<count { target[index] += factor * g[index] }
        }
      }
    }
  }
}
