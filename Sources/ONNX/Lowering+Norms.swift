import Platform
import Tensors

/// Norms. What comes in and goes out is in single precision, whatever the weights are: statistics need it.
extension Lowering {
  /// A LayerNorm or RMSNorm of the last axis, its mean square that of the first `leading` entries.
  func rowNorm(_ x: Value, _ norm: RowNorm, width: Int, leading: Int) throws(Failure) -> Value {
    let epsilon = Float(norm.epsilon)
    guard leading == width else {
      let first = graph.slice(x, 0..<leading, axis: -1)
      let square = graph.mean(graph.product(first, first))
      let scaled = graph.quotient(x, graph.squareRoot(graph.sum(square, epsilon)))
      return try affine(scaled, weight: norm.weight, bias: norm.bias)
    }
    let gains = try norm.weight.map { (weight) throws(Failure) in try numbers(weight) }
    let gain = channels(gains ?? [Float](repeating: 1, count: width), .float)
    let attributes: [String: Attribute] = [
      "axis": .integer(-1), "epsilon": .number(epsilon), "stash_type": .integer(ElementType.float.rawValue),
    ]
    guard norm.centers else {
      let scaled = graph.apply("RMSNormalization", x, gain, attributes: attributes)
      return try affine(scaled, weight: nil, bias: norm.bias)
    }
    let biases = try norm.bias.map { (bias) throws(Failure) in channels(try numbers(bias), .float) }
    return graph.apply("LayerNormalization", [x, gain] + (biases.map { [$0] } ?? []), attributes)[0]
  }

  /// γ·x/√((Σx² + (Σx)²)/(W + 1) + ε).
  func compressedNorm(
    _ x: Value, width: Int, weight: Tensor?, epsilon: Float
  ) throws(Failure) -> Value {
    let total = graph.total(x)
    let squares = graph.sum(graph.total(graph.product(x, x)), graph.product(total, total))
    let mean = graph.product(squares, 1 / Float(width + 1))
    let scaled = graph.quotient(x, graph.squareRoot(graph.sum(mean, epsilon)))
    return try affine(scaled, weight: weight, bias: nil)
  }

  /// gain·x/max(√(Σ (x − offset)²/divisor + ε), floor).
  func scaledNorm(
    _ x: Value, offset: Tensor?, gain: Float, divisor: Float, epsilon: Float, floor: Float
  ) throws(Failure) -> Value {
    var distance = x
    if let offset { distance = graph.difference(x, channels(try numbers(offset), .float)) }
    let square = graph.product(graph.total(graph.product(distance, distance)), 1 / divisor)
    var length = graph.squareRoot(graph.sum(square, epsilon))
    if floor > 0 { length = graph.apply("Max", length, graph.number(floor, .float)) }
    return graph.product(graph.quotient(x, length), gain)
  }

  /// γ∘(x − μ)/√(v + ε) + β + η·x, of which all but x are constants.
  func channelNorm(
    _ x: Value, mean: Tensor?, variance: Tensor, epsilon: Scalar, weight: Tensor?, bias: Tensor?, skip: Scalar
  ) throws(Failure) -> Value {
    let variances = try numbers(variance)
    let means = try mean.map { (mean) throws(Failure) in try numbers(mean) }
    let gains = try weight.map { (weight) throws(Failure) in try numbers(weight) }
    let biases = try bias.map { (bias) throws(Failure) in try numbers(bias) }
    let slopes = variances.indices.map { channel in
      Double(gains?[channel] ?? 1) / (Double(variances[channel]) + Double(epsilon)).squareRoot()
    }
    let offsets = slopes.indices.map { channel in
      Float(Double(biases?[channel] ?? 0) + Double(skip) * Double(means?[channel] ?? 0))
    }
    let centred = means.map { graph.difference(x, channels($0, .float)) } ?? x
    // η·x = η·(x − μ) + η·μ
    let scaled = graph.product(centred, channels(slopes.map { Float($0 + Double(skip)) }, .float))
    return graph.sum(scaled, channels(offsets, .float))
  }

  /// γ∘(x − mean x)·f + β.
  func affineChannels(
    _ x: Tensor, weight: Tensor?, bias: Tensor?, centers: Bool, rowFactors: Tensor?
  ) throws(Failure) -> Value {
    var y = try single(x)
    if centers { y = graph.difference(y, graph.mean(y)) }
    if let rowFactors { y = graph.product(y, try perToken(rowFactors, of: x)) }
    return try affine(y, weight: weight, bias: bias)
  }

  /// Factors of the rows of x: of tokens [B, N, W], the same for each sample, as [N, 1].
  private func perToken(_ factors: Tensor, of x: Tensor) throws(Failure) -> Value {
    let values = factors.values.map { Float($0) }
    if let first = values.first, values.allSatisfy({ $0 == first }) { return graph.number(first, .float) }
    let count = x.shape.count == 3 ? x.shape[1] : 0
    guard count > 0, values.indices.allSatisfy({ values[$0] == values[$0 % count] }) else {
      throw Failure(
        "a norm treats the samples of a batch differently, which ONNX export does not know", at: place,
        mend: "export encoders without layers of your own; if there are none, report this")
    }
    let ofTokens = Array(values.prefix(count))
    guard let size else { return graph.numbers(ofTokens, [count, 1], .float) }
    let (leading, patches) = (Array(ofTokens.dropLast(size.grid.count)), ofTokens.suffix(size.grid.count))
    guard count >= size.grid.count, let ofPatches = patches.first, patches.allSatisfy({ $0 == ofPatches })
    else {
      throw sizeFailure("a norm that treats patches differently")
    }
    return size.padded(leading, width: 1, with: ofPatches, .float, graph)
  }

  /// γ∘x + β, what is nil left out.
  func affine(_ x: Value, weight: Tensor?, bias: Tensor?) throws(Failure) -> Value {
    var y = x
    if let weight { y = graph.product(y, channels(try numbers(weight), y.type)) }
    if let bias { y = try sum(y, bias) }
    return y
  }
}
