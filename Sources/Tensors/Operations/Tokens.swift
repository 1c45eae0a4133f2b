extension Tape {
  /// The sequence [class token | registers | patches], positions added to class token and patches.
  ///
  /// patches [B, K, D]; class token [1, 1, D]; registers [1, R, D] (Darcet et al., 2023; they get no position);
  /// positions [1, c + L, D] with c = 1 when there is a class token; `indices` [B·K] name the position of each
  /// patch among the L, nil for all in order → [B, c + R + K, D].
  public func sequence(
    classToken: Tensor?, registers: Tensor?, patches: Tensor, positions: Tensor?, indices: [Int32]?
  ) -> Tensor {
    let (batch, kept, width) = (patches.shape[0], patches.shape[1], patches.shape[2])
    let prefix = classToken == nil ? 0 : 1
    let registerCount = registers?.shape[1] ?? 0
    let length = prefix + registerCount + kept
    precondition(
      indices.map { $0.count == batch * kept } ?? true, "sequence: one index a patch of \(patches.shape)")
    precondition(
      positions.map { $0.width == width && (indices != nil || $0.rows == prefix + kept) } ?? true,
      "sequence: positions \(positions?.shape ?? []) for patches \(patches.shape)")
    let position: (Int) -> Int = { patch in prefix + (indices.map { Int($0[patch]) } ?? patch % kept) }
    let output = allocate([batch, length, width])
    for sample in 0..<batch {
      var row = output.pointer + sample * length * width
      if let classToken {
        if let positions {
          add(classToken.pointer, positions.pointer, width, into: row)
        } else {
          row.update(from: classToken.pointer, count: width)
        }
        row += width
      }
      if let registers {
        row.update(from: registers.pointer, count: registerCount * width)
        row += registerCount * width
      }
      for patch in sample * kept..<(sample + 1) * kept {
        let source = patches.pointer + patch * width
        if let positions {
          add(source, positions.pointer + position(patch) * width, width, into: row)
        } else {
          row.update(from: source, count: width)
        }
        row += width
      }
    }

    if indices == nil {
      trace(
        .sequence(classToken: classToken, registers: registers, patches: patches, positions: positions),
        output)
    }
    return record(output, from: classToken, registers, patches, positions) { [unowned self] upstream in
      let classTarget = zeroedAccumulator(classToken)
      let registerTarget = zeroedAccumulator(registers)
      let positionTarget = zeroedAccumulator(positions)
      let patchTarget = patches.gradient?.accumulator(shape: patches.shape, pool: pool)
      for sample in 0..<batch {
        var row = upstream.pointer + sample * length * width
        if classToken != nil {
          if let classTarget { addInPlace(classTarget, row, width) }
          if let positionTarget { addInPlace(positionTarget, row, width) }
          row += width
        }
        if let registerTarget { addInPlace(registerTarget, row, registerCount * width) }
        row += registerCount * width
        if let (target, beta) = patchTarget {
          accumulate(target + sample * kept * width, beta: beta, row, kept * width)
        }
        guard let positionTarget else { continue }
        for patch in 0..<kept {
          addInPlace(positionTarget + position(sample * kept + patch) * width, row + patch * width, width)
        }
      }
    }
  }

  /// Rows of every sample by index: x [B, N, D], `indices` [B·K], each below N → [B, K, D].
  public func gather(_ x: Tensor, indices: [Int32]) -> Tensor {
    let (batch, tokens, width) = (x.shape[0], x.shape[1], x.shape[2])
    precondition(indices.count % batch == 0, "gather: \(indices.count) indices for \(x.shape)")
    let kept = indices.count / batch
    let output = allocate([batch, kept, width])
    for row in 0..<batch * kept {
      let source = x.pointer + (row / kept * tokens + Int(indices[row])) * width
      (output.pointer + row * width).update(from: source, count: width)
    }

    return record(output, from: x) { [unowned self] upstream in
      guard let target = zeroedAccumulator(x) else { return }
      for row in 0..<batch * kept {
        addInPlace(
          target + (row / kept * tokens + Int(indices[row])) * width, upstream.pointer + row * width, width)
      }
    }
  }

  /// The full sequence of a masked autoencoder's decoder (He et al., 2021): class token and visible patches in
  /// their places, the mask token in all others, positions added to every row.
  ///
  /// visible [B, c + R + K, D]; registers are dropped; maskToken [1, 1, D]; positions [1, c + L, D];
  /// `indices` [B·K] name the position of each visible patch → [B, c + L, D].
  public func restore(
    _ visible: Tensor, maskToken: Tensor, positions: Tensor, indices: [Int32], hasClassToken: Bool,
    registerCount: Int
  ) -> Tensor {
    let (batch, tokens, width) = (visible.shape[0], visible.shape[1], visible.shape[2])
    let prefix = hasClassToken ? 1 : 0
    let skipped = prefix + registerCount
    let kept = tokens - skipped
    let length = positions.rows
    precondition(indices.count == batch * kept, "restore: \(indices.count) indices for \(visible.shape)")
    let output = allocate([batch, length, width])
    var sources = [Int32](repeating: -1, count: batch * length)  // row of `visible`, or −1: masked
    for sample in 0..<batch {
      if hasClassToken { sources[sample * length] = Int32(sample * tokens) }
      for patch in 0..<kept {
        let position = prefix + Int(indices[sample * kept + patch])
        sources[sample * length + position] = Int32(sample * tokens + skipped + patch)
      }
    }
    for row in 0..<batch * length {
      let source = sources[row] < 0 ? maskToken.pointer : visible.pointer + Int(sources[row]) * width
      add(source, positions.pointer + row % length * width, width, into: output.pointer + row * width)
    }

    return record(output, from: visible, maskToken, positions) { [unowned self] upstream in
      let visibleTarget = zeroedAccumulator(visible)
      let maskTarget = zeroedAccumulator(maskToken)
      let positionTarget = zeroedAccumulator(positions)
      for row in 0..<batch * length {
        let g = upstream.pointer + row * width
        if let positionTarget { addInPlace(positionTarget + row % length * width, g, width) }
        if sources[row] < 0 {
          if let maskTarget { addInPlace(maskTarget, g, width) }
        } else if let visibleTarget {
          addInPlace(visibleTarget + Int(sources[row]) * width, g, width)
        }
      }
    }
  }

  /// Mean over tokens `range`: x [B, N, D] → [B, D].
  public func meanTokens(_ x: Tensor, _ range: Range<Int>) -> Tensor {
    let (batch, tokens, width) = (x.shape[0], x.shape[1], x.shape[2])
    precondition(range.upperBound <= tokens && !range.isEmpty, "meanTokens: \(range) of \(x.shape)")
    let output = allocate([batch, width])
    let share = 1 / Scalar(range.count)
    for sample in 0..<batch {
      let target = output.pointer + sample * width
      columnSums(
        x.pointer + (sample * tokens + range.lowerBound) * width, rows: range.count, columns: width, beta: 0,
        into: target)
      for index in 0..<width { target[index] *= share }
    }
    trace(.meanTokens(x, range), output)

    return record(output, from: x) { [unowned self] upstream in
      guard let target = zeroedAccumulator(x) else { return }
      for sample in 0..<batch {
        let g = upstream.pointer + sample * width
        for token in range {
          let row = target + (sample * tokens + token) * width
          for index in 0..<width { row[index] += share * g[index] }
        }
      }
    }
  }

  /// Where to add the gradient of `tensor`, holding zeros if nothing reached it yet; nil when nobody wants it.
  func zeroedAccumulator(_ tensor: Tensor?) -> UnsafeMutablePointer<Scalar>? {
    guard let tensor, let slot = tensor.gradient else { return nil }
    let (target, beta) = slot.accumulator(shape: tensor.shape, pool: pool)
    if beta == 0 { target.update(repeating: 0, count: tensor.count) }
    return target
  }
}
