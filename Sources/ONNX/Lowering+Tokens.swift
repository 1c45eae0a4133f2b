import Platform
import Tensors

extension Lowering {
  /// [class token | registers | patches] with positions: patches [B, L, D] → [B, c + R + L, D].
  ///
  /// Zeros are put before the patches; all the rest is one table that is added.
  func sequence(
    classToken: Tensor?, registers: Tensor?, patches: Tensor, positions: Tensor?
  ) throws(Failure) -> Value {
    let (count, width) = (patches.shape[1], patches.shape[2])
    let table = try positions.map { (table) throws(Failure) in try numbers(table) }
    var leading: [Float] = []
    if let classToken {
      let token = try numbers(classToken)
      leading += token.indices.map { token[$0] + (table?[$0] ?? 0) }
    }
    if let registers { leading += try numbers(registers) }
    if let size {
      return try sequence(leading, patches: inner(patches), positions: positions, table, width, size)
    }
    let leadingCount = leading.count / width
    let ofPatches = table?.suffix(count * width) ?? [Float](repeating: 0, count: count * width)[...]
    let embedded = try inner(patches)
    guard leadingCount > 0 else {
      return table == nil ? embedded : graph.sum(embedded, tokens(Array(ofPatches), width))
    }
    return graph.sum(behindZeros(embedded, leadingCount), tokens(leading + ofPatches, width))
  }

  /// The same of a dynamic size: `leading` are the class token with its position and the registers, `table` holds the
  /// numbers of `positions`.
  private func sequence(
    _ leading: [Float], patches: Value, positions: Tensor?, _ table: [Float]?, _ width: Int,
    _ size: DynamicSize
  ) throws(Failure) -> Value {
    var ofPatches: Value?
    if let positions, let table {
      guard try parameter(positions).role == .positions, table.count >= size.grid.count * width else {
        throw sizeFailure("a table \(positions.shape) of positions")
      }
      let values = Array(table.suffix(size.grid.count * width))
      ofPatches = graph.cast(size.positions(values, width: width, graph), to: graph.inner)
    }
    guard !leading.isEmpty else { return ofPatches.map { graph.sum(patches, $0) } ?? patches }
    let all =
      ofPatches.map { graph.joined([tokens(leading, width), $0], axis: 0) }
      ?? size.padded(leading, width: width, with: 0, graph.inner, graph)
    return graph.sum(behindZeros(patches, leading.count / width), all)
  }

  /// Tokens with `count` of zeros before them.
  private func behindZeros(_ tokens: Value, _ count: Int) -> Value {
    graph.apply("Pad", tokens, graph.integers([0, count, 0, 0, 0, 0]), graph.number(0, tokens.type))
  }

  /// Rows [count, width] that are the same for each sample.
  private func tokens(_ values: [Float], _ width: Int) -> Value {
    graph.numbers(values, [values.count / width, width], graph.inner)
  }

  /// Mean over tokens `range` of x [B, `count`, D] → [B, D].
  func meanTokens(_ x: Value, count: Int, _ range: Range<Int>) throws(Failure) -> Value {
    var (range, isOne) = (range, range.count == 1)
    if let size, range.upperBound > count - size.grid.count {
      guard range.upperBound == count, range.lowerBound <= count - size.grid.count else {
        throw sizeFailure("a mean over tokens \(range) of \(count)")
      }
      (range, isOne) = (range.lowerBound..<Int(Int32.max), false)
    }
    let chosen = range.lowerBound == 0 && range.upperBound >= count ? x : graph.slice(x, range, axis: 1)
    guard !isOne else { return graph.apply("Squeeze", chosen, graph.integers([1])) }
    return graph.apply("ReduceMean", chosen, graph.integers([1]), attributes: ["keepdims": .integer(0)])
  }

  /// Runs of `length` channels of x [B, K, W] in another order.
  func reordered(_ value: Value, _ x: Tensor, order: [Int32], length: Int) -> Value {
    let shape = x.shape
    let runs = reshaped(value, from: shape, to: shape.dropLast() + [x.width / length, length])
    let chosen = graph.apply(
      "Gather", runs, graph.integers(order.map { Int($0) }), attributes: ["axis": .integer(shape.count - 1)])
    return reshaped(chosen, from: shape, to: shape.dropLast() + [order.count * length])
  }
}
