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
    let leadingCount = leading.count / width
    let ofPatches = table?.suffix(count * width) ?? [Float](repeating: 0, count: count * width)[...]
    let embedded = try inner(patches)
    guard leadingCount > 0 else {
      return table == nil ? embedded : graph.sum(embedded, tokens(Array(ofPatches), width))
    }
    let padded = graph.apply(
      "Pad", embedded, graph.integers([0, leadingCount, 0, 0, 0, 0]), graph.number(0, embedded.type))
    return graph.sum(padded, tokens(leading + ofPatches, width))
  }

  /// Rows [count, width] that are the same for each sample.
  private func tokens(_ values: [Float], _ width: Int) -> Value {
    graph.numbers(values, [values.count / width, width], graph.inner)
  }

  /// Mean over tokens `range` of x [B, `count`, D] → [B, D].
  func meanTokens(_ x: Value, count: Int, _ range: Range<Int>) -> Value {
    let chosen = range == 0..<count ? x : graph.slice(x, range, axis: 1)
    guard range.count > 1 else { return graph.apply("Squeeze", chosen, graph.integers([1])) }
    return graph.apply("ReduceMean", chosen, graph.integers([1]), attributes: ["keepdims": .integer(0)])
  }

  /// Runs of `length` channels of x [B, K, W] in another order.
  func reordered(_ x: Value, _ shape: [Int], order: [Int32], length: Int) -> Value {
    let runs = graph.reshaped(x, anyBatch(shape.dropLast() + [shape[shape.count - 1] / length, length]))
    let chosen = graph.apply(
      "Gather", runs, graph.integers(order.map { Int($0) }), attributes: ["axis": .integer(shape.count - 1)])
    return graph.reshaped(chosen, anyBatch(shape.dropLast() + [order.count * length]))
  }
}
