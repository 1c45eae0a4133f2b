extension Tape {
  /// The rows of all participants in their order: x [n, …] → [Σ n, …]; x itself where this tape has the whole batch.
  ///
  /// The gradient of each participant's rows is the sum of what reaches them on all tapes, so that a loss that every
  /// participant takes of its own rows against all is differentiated exactly.
  public func gatheringBatch(_ x: Tensor) -> (rows: Tensor, first: Int) {
    guard let collective = context.collective else { return (x, 0) }
    var parts: [[Scalar]] = []
    timed(.collectives) { parts = collective.allGather(x.values) }
    let size = max(1, x.count / max(1, x.shape[0]))
    let counts = parts.map { $0.count / size }
    let output = allocate([counts.reduce(0, +)] + x.shape.dropFirst())
    var target = output.pointer
    for part in parts {
      target.update(from: part, count: part.count)
      target += part.count
    }
    let rank = collective.rank
    let first = counts.prefix(rank).reduce(0, +)

    let gathered = record(output, from: x) { [unowned self] upstream in
      var start = 0
      let pieces = counts.map { count in
        defer { start += count * size }
        return Array(UnsafeBufferPointer(start: upstream.pointer + start, count: count * size))
      }
      timed(.collectives) {
        let own = collective.reduceScatter(pieces)
        x.gradient?.add(Tensor(shape: x.shape, values: own, pool: pool), pool: pool)
      }
    }
    return (gathered, first)
  }

  /// Tensors one after the other along the outermost axis; the other axes agree.
  public func concatenated(_ parts: [Tensor]) -> Tensor {
    precondition(
      !parts.isEmpty && parts.allSatisfy { $0.shape.dropFirst() == parts[0].shape.dropFirst() },
      "concatenated: \(parts.map(\.shape))")
    if parts.count == 1 { return parts[0] }
    let output = allocate([parts.reduce(0) { $0 + $1.shape[0] }] + parts[0].shape.dropFirst())
    var start = 0
    for part in parts {
      (output.pointer + start).update(from: part.pointer, count: part.count)
      start += part.count
    }

    return record(output, fromAll: parts) { [unowned self] upstream in
      var start = 0
      for part in parts {
        if let (target, beta) = part.gradient?.accumulator(shape: part.shape, pool: pool) {
          accumulate(target, beta: beta, upstream.pointer + start, part.count)
        }
        start += part.count
      }
    }
  }

  /// Entries `range` of the outermost axis: x [n, …] → [range, …].
  public func rows(_ x: Tensor, _ range: Range<Int>) -> Tensor {
    guard x.gradient != nil else { return x.slice(range) }
    let size = x.count / x.shape[0]
    let constant = x.slice(range)
    return record(constant, from: x) { [unowned self] upstream in
      guard let target = zeroedAccumulator(x) else { return }
      addInPlace(target + range.lowerBound * size, upstream.pointer, upstream.count)
    }
  }
}
