import Tensors

/// fc2(GELU(fc1(x))), the hidden layer `ratio` times as wide.
public struct MLP: Sendable {
  private let hidden, output: Linear

  /// Declares `fc1` and `fc2`.
  public init(width: Int, hiddenWidth: Int, initializer: any Initializer, scope: ParameterScope) {
    hidden = Linear(
      inputs: width, outputs: hiddenWidth,
      initial: initializer.weight(.mlpHidden, outputs: hiddenWidth, inputs: width), scope: scope["fc1"])
    output = Linear(
      inputs: hiddenWidth, outputs: width,
      initial: initializer.weight(.mlpOutput, outputs: width, inputs: hiddenWidth), scope: scope["fc2"])
  }

  /// x [B, N, D] → [B, N, D], added to `residual` when given.
  public func callAsFunction(_ x: Tensor, _ tape: Tape, addingTo residual: Tensor?) -> Tensor {
    // fc1's bias joins the activation, which has to pass over the hidden tensor anyway.
    let preactivation = tape.linear(x, weight: tape(hidden.weight))
    let result = tape.geluLinear(
      preactivation, inputBias: tape(hidden.bias), weight: tape(output.weight), bias: tape(output.bias),
      addingTo: residual)
    tape.forget(preactivation, .block)
    return result
  }
}
