extension Tape {
  /// Rotary positions (Su et al., 2021): queries and keys of a fused projection turned by the places of their tokens,
  /// values and prefix tokens as they are.
  ///
  /// qkv [B, N, 3D], the thirds q, k, v each head-major → [B, N, 3D]; D is a multiple of the table's head width.
  public func rotated(_ qkv: Tensor, by rotation: Rotation) -> Tensor {
    let kept = qkv.shape[1] - rotation.prefixCount
    precondition(
      qkv.shape.count == 3 && qkv.width % (3 * rotation.table.headWidth) == 0 && kept >= 0,
      "rotated: a projection \(qkv.shape), heads of \(rotation.table.headWidth)")
    precondition(
      rotation.patchIndices.map { $0.count == qkv.shape[0] * kept } ?? (kept == rotation.table.count),
      "rotated: \(rotation.patchIndices?.count ?? rotation.table.count) places for \(qkv.shape)")
    let y = allocate(qkv.shape)
    let buffer = y.buffer
    let compute = { [unowned self, unowned buffer] in
      let input = qkv.pointer
      timed(.attention) { turn(input, into: buffer.pointer, qkv.shape, rotation, direction: 1) }
    }
    compute()
    if rotation.patchIndices == nil {
      let (table, prefix) = (rotation.table, rotation.prefixCount)
      trace(.rotated(qkv, cosines: table.cosines, sines: table.sines, prefixCount: prefix), y)
    }
    return record(y, from: qkv, restore: compute) { [unowned self] upstream in
      guard let slot = qkv.gradient else { return }
      let gradient = allocate(qkv.shape)
      timed(.attention) { turn(upstream.pointer, into: gradient.pointer, qkv.shape, rotation, direction: -1) }
      slot.add(gradient, pool: pool)
    }
  }

  /// A turn's transpose is the turn the other way.
  private func turn(
    _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, _ shape: [Int], _ rotation: Rotation,
    direction: Scalar
  ) {
    let (tokens, width, table) = (shape[1], shape[2], rotation.table)
    let (kept, turned, quarter) = (tokens - rotation.prefixCount, width / 3 * 2, table.headWidth / 4)
    for row in 0..<shape[0] * tokens {
      let (sample, token) = row.quotientAndRemainder(dividingBy: tokens)
      let (input, output) = (x + row * width, y + row * width)
      let patch = token - rotation.prefixCount
      guard patch >= 0 else {
        output.update(from: input, count: width)
        continue
      }
      let position = rotation.patchIndices.map { Int($0[sample * kept + patch]) } ?? patch
      let (cosines, sines) = (
        table.cosines.pointer + position * 2 * quarter, table.sines.pointer + position * 2 * quarter
      )
      for start in stride(from: 0, to: turned, by: 2 * quarter) {
        let axis = start / (2 * quarter) % 2 * quarter
        let (a, b) = (input + start, input + start + quarter)
        let (first, second) = (output + start, output + start + quarter)
        for index in 0..<quarter {
          let (cosine, sine) = (cosines[axis + index], direction * sines[axis + index])
          first[index] = a[index] * cosine - b[index] * sine
          second[index] = a[index] * sine + b[index] * cosine
        }
      }
      (output + turned).update(from: input + turned, count: width - turned)
    }
  }
}
