extension Tape {
  /// The queries, keys and values of a fused projection: qkv [B, N, 3D], the thirds head-major → three of [B, N, H, d].
  public func splitHeads(_ qkv: Tensor, headCount: Int) -> [Tensor] {
    precondition(
      qkv.shape.count == 3 && qkv.width % (3 * headCount) == 0,
      "splitHeads: a projection of shape \(qkv.shape) does not split into 3 × \(headCount) heads")
    let (batch, tokens, third) = (qkv.shape[0], qkv.shape[1], qkv.width / 3)
    return (0..<3).map { part in
      let output = allocate([batch, tokens, headCount, third / headCount])
      for row in 0..<qkv.rows {
        (output.pointer + row * third).update(from: qkv.pointer + (3 * row + part) * third, count: third)
      }
      trace(.headThird(qkv, headCount: headCount, part: part), output)
      return record(output, from: qkv) { [unowned self] upstream in
        guard let target = zeroedAccumulator(qkv) else { return }
        for row in 0..<qkv.rows {
          addInPlace(target + (3 * row + part) * third, upstream.pointer + row * third, third)
        }
      }
    }
  }

  /// The reverse of `splitHeads`: three of [B, N, H, d] → [B, N, 3D].
  public func joinHeads(_ parts: [Tensor]) -> Tensor {
    precondition(
      parts.count == 3 && parts.allSatisfy { $0.shape == parts[0].shape && $0.shape.count == 4 },
      "joinHeads: parts \(parts.map(\.shape))")
    let shape = parts[0].shape
    let (rows, third) = (shape[0] * shape[1], shape[2] * shape[3])
    let output = allocate([shape[0], shape[1], 3 * third])
    let buffer = output.buffer
    let compute = { [unowned buffer] in
      for (part, tensor) in parts.enumerated() {
        for row in 0..<rows {
          (buffer.pointer + (3 * row + part) * third).update(from: tensor.pointer + row * third, count: third)
        }
      }
    }
    compute()
    trace(.joinedHeads(parts), output)
    return record(output, from: parts[0], parts[1], parts[2], restore: compute) { [unowned self] upstream in
      for (part, tensor) in parts.enumerated() {
        guard let slot = tensor.gradient else { continue }
        let (target, beta) = slot.accumulator(shape: shape, pool: pool)
        for row in 0..<rows {
          accumulate(
            target + row * third, beta: beta, upstream.pointer + (3 * row + part) * third, third)
        }
      }
    }
  }
}
