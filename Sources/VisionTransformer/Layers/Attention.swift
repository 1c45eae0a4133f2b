import Tensors

/// Multi-head self-attention with a fused query-key-value projection (Vaswani et al., 2017).
public struct Attention: Sendable {
  private let queryKeyValue, projection: Linear
  private let headCount: Int

  /// Declares `qkv` and `proj`.
  public init(width: Int, headCount: Int, initializer: any Initializer, scope: ParameterScope) {
    self.headCount = headCount
    queryKeyValue = Linear(
      inputs: width, outputs: 3 * width,
      initial: initializer.weight(.queryKeyValue, outputs: 3 * width, inputs: width), scope: scope["qkv"])
    projection = Linear(
      inputs: width, outputs: width,
      initial: initializer.weight(.attentionProjection, outputs: width, inputs: width), scope: scope["proj"])
  }

  /// x [B, N, D] → [B, N, D], added to `residual` when given.
  public func callAsFunction(_ x: Tensor, _ tape: Tape, addingTo residual: Tensor?) -> Tensor {
    let projected = queryKeyValue(x, tape)
    let mixed = tape.attention(projected, headCount: headCount)
    let output = projection(mixed, tape, addingTo: residual)
    tape.forget(projected, .attention)
    tape.forget(mixed, .attention)
    return output
  }
}
