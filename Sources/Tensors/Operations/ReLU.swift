extension Tape {
  /// y = max(x, 0), with slope 0 at 0 (Nair & Hinton, 2010).
  public func relu(_ x: Tensor) -> Tensor {
    let y = allocate(x.shape)
    for index in 0..<x.count {
      y.pointer[index] = x.pointer[index] > 0 ? x.pointer[index] : x.pointer[index] * 0
    }

    return record(y, from: x) { [unowned self] upstream in
      guard let target = zeroedAccumulator(x) else { return }
      for index in 0..<x.count where y.pointer[index] > 0 { target[index] += upstream.pointer[index] }
    }
  }
}
