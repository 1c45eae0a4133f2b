import Platform
import Tensors

extension Lowering {
  /// softmax(q·kᵀ/√d)·v of each head: qkv [B, N, 3D] → [B, N, D].
  func attention(_ qkv: Tensor, headCount: Int, keyCount: Int) throws(Failure) -> Value {
    let (tokens, width) = (qkv.shape[1], qkv.width / 3)
    var parts = try thirds(qkv, headCount).map { graph.cast($0, to: graph.inner) }
    if keyCount < tokens {
      guard size == nil else { throw sizeFailure("attention to the first \(keyCount) tokens alone") }
      for part in 1...2 { parts[part] = graph.slice(parts[part], 0..<keyCount, axis: 1) }
    }
    // The factor goes to the queries: scores of half precision could be too large without it.
    let scale = 1 / (Float(width) / Float(headCount)).squareRoot()
    let queries = graph.product(graph.transposed(parts[0], [0, 2, 1, 3]), scale)  // [B, H, N, d]
    let keys = graph.transposed(parts[1], [0, 2, 3, 1])  // [B, H, d, N]
    let values = graph.transposed(parts[2], [0, 2, 1, 3])
    let shares = graph.softmax(graph.matrixProduct(queries, keys))
    let mixtures = graph.matrixProduct(graph.cast(shares, to: graph.inner), values)
    let shape: [Int] = qkv.shape.dropLast() + [width]
    return reshaped(graph.transposed(mixtures, [0, 2, 1, 3]), from: shape, to: shape)
  }

  /// The thirds of qkv, each head of them normed where there is a norm.
  func headNorms(_ qkv: Tensor, _ headCount: Int, _ norms: [RowNorm?]) throws(Failure) -> [Value] {
    let head = qkv.width / 3 / headCount
    var result: [Value] = []
    for (third, norm) in zip(try thirds(qkv, headCount), norms) {
      guard let norm else {
        result.append(third)
        continue
      }
      result.append(try rowNorm(graph.cast(third, to: .float), norm, width: head, leading: head))
    }
    return result
  }

  /// The thirds of qkv, queries and keys turned.
  ///
  /// A head is four quarters (a, b, c, e), of which (a, b) turn by the row and (c, e) by the column: it becomes
  /// (a, b, c, e)∘cos + (b, a, e, c)∘(−sin, sin, −sin, sin).
  func rotated(
    _ qkv: Tensor, _ headCount: Int, cosines: Tensor, sines: Tensor, prefixCount: Int
  ) throws(Failure) -> [Value] {
    let quarter = cosines.width / 2
    let (straight, crossed): (Value, Value)
    /// [N, 1, d] of [L, d/2]: each half of a row twice, its first copy times `sign`; prefix tokens have `unturned`.
    func table(_ angles: Tensor, sign: Float, unturned: Float) -> Value {
      let rows = angles.values.map { Float($0) }
      var values = [Float](repeating: unturned, count: prefixCount * 4 * quarter)
      for start in stride(from: 0, to: rows.count, by: quarter) {
        let half = rows[start..<start + quarter]
        values += half.map { sign * $0 } + half
      }
      return graph.numbers(values, [values.count / (4 * quarter), 1, 4 * quarter], graph.inner)
    }
    if let size {
      guard cosines.shape == [size.grid.count, 2 * size.rotaryFrequencies.count] else {
        throw sizeFailure("a rotation of \(cosines.shape[0]) places")
      }
      (straight, crossed) = size.rotation(prefixCount: prefixCount, graph)
    } else {
      (straight, crossed) = (
        table(cosines, sign: 1, unturned: 1), table(sines, sign: -1, unturned: 0)
      )
    }
    let parts = try thirds(qkv, headCount).map { graph.cast($0, to: graph.inner) }
    let turned = parts.prefix(2).map { part in
      let quarters = graph.split(part, [Int](repeating: quarter, count: 4), axis: -1)
      let swapped = graph.joined([1, 0, 3, 2].map { quarters[$0] }, axis: -1)
      return graph.sum(graph.product(part, straight), graph.product(swapped, crossed))
    }
    return turned + [parts[2]]
  }
}
