import Tensors

/// y = x·Wᵀ + b, W [outputs, inputs].
public struct Linear: Sendable {
  /// W [outputs, inputs].
  public let weight: Parameter
  /// b [outputs].
  public let bias: Parameter

  /// Declares `weight` and `bias` (zeros); `role` is what the weight is for.
  public init(
    _ role: WeightRole = .other, inputs: Int, outputs: Int, initial: InitialValue, scope: ParameterScope
  ) {
    weight = scope.parameter("weight", shape: [outputs, inputs], role: .matrix(role), initial: initial)
    bias = scope.parameter("bias", shape: [outputs], role: .bias, initial: .zeros)
  }

  /// Declares a layer whose weight starts as the initialiser has it for its role and sublayer.
  public init(
    _ role: WeightRole, inputs: Int, outputs: Int, of sublayer: SublayerSite? = nil, headCount: Int = 1,
    matrixCount: Int = 1, by initializer: any Initializer, scope: ParameterScope
  ) {
    let site = WeightSite(
      role: role, outputs: outputs, inputs: inputs, headCount: headCount, matrixCount: matrixCount,
      sublayer: sublayer, scope: scope)
    self.init(role, inputs: inputs, outputs: outputs, initial: initializer.weight(site), scope: scope)
  }

  /// x [..., inputs] → [..., outputs], added to a multiple of `residual` when given.
  public func callAsFunction(
    _ x: Tensor, _ tape: Tape, addingTo residual: Tensor? = nil, scaledBy residualScale: Scalar = 1
  ) -> Tensor {
    tape.linear(
      x, weight: tape(weight), bias: tape(bias), addingTo: residual, residualScale: residualScale)
  }
}
