import Platform
import Tensors

extension Lowering {
  /// x·Wᵀ + b + r·residual.
  func linear(
    _ x: Tensor, weight: Tensor, bias: Tensor?, residual: Tensor?, residualScale: Scalar
  ) throws(Failure) -> Value {
    try linear(inner(x), weight: weight, bias: bias, residual: residual, residualScale: residualScale)
  }

  func linear(
    _ x: Value, weight: Tensor, bias: Tensor?, residual: Tensor?, residualScale: Scalar
  ) throws(Failure) -> Value {
    var y = try product(x, weight)
    if let bias { y = try sum(y, bias) }
    guard let residual else { return y }
    return graph.sum(graph.product(try inner(residual), Float(residualScale)), y)
  }

  /// x·Wᵀ: the graph holds Wᵀ.
  func product(_ x: Value, _ weight: Tensor) throws(Failure) -> Value {
    let parameter = try parameter(weight)
    let transposed = graph.named(
      parameter.name + ".transposed", dimensions: [weight.shape[1], weight.shape[0]], type: graph.inner,
      content: .transposed(parameter.value))
    return graph.matrixProduct(x, transposed)
  }

  /// f(x + b).
  func activated(_ x: Value, bias: Tensor, by activation: Activation) throws(Failure) -> Value {
    let shifted = try sum(x, bias)
    /// t·σ(factor·t).
    func gated(_ t: Value, _ factor: Float = 1) -> Value {
      graph.product(t, graph.apply("Sigmoid", graph.product(t, factor)))
    }
    switch activation {
    case .gelu: return graph.apply("Gelu", shifted)
    case .geluTanh: return graph.apply("Gelu", shifted, attributes: ["approximate": .text("tanh")])
    case .quickGELU: return gated(shifted, 1.702)
    case .silu: return gated(shifted)
    case .relu: return graph.apply("Relu", shifted)
    case .swiGLU:
      let halves = graph.split(shifted, [bias.count / 2, bias.count / 2], axis: -1)
      return graph.product(gated(halves[0]), halves[1])
    }
  }

  /// r·x + f·γ∘branch.
  func scaledResidual(
    _ x: Tensor, _ branch: Tensor, layerScale: Tensor?, residualScale: Scalar, branchScale: Scalar
  ) throws(Failure) -> Value {
    var part = try inner(branch)
    if let layerScale {
      part = graph.product(
        part, channels(try numbers(layerScale).map { $0 * Float(branchScale) }, part.type))
    } else {
      part = graph.product(part, Float(branchScale))
    }
    return graph.sum(graph.product(try inner(x), Float(residualScale)), part)
  }

  /// Each factor for the next channels.
  func scaledChannels(_ x: Value, width: Int, by factors: Tensor) throws(Failure) -> Value {
    let values = try numbers(factors)
    let run = width / values.count
    return graph.product(x, channels(values.flatMap { [Float](repeating: $0, count: run) }, x.type))
  }

  /// x + b; x itself where b is 0.
  func sum(_ x: Value, _ bias: Tensor) throws(Failure) -> Value {
    let values = try numbers(bias)
    return values.allSatisfy { $0 == 0 } ? x : graph.sum(x, channels(values, x.type))
  }

  /// A number a channel.
  func channels(_ values: [Float], _ type: ElementType) -> Value {
    graph.numbers(values, [values.count], type)
  }
}
