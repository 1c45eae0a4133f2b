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
    tape.mlp(
      x, hiddenWeight: tape(hidden.weight), hiddenBias: tape(hidden.bias), outputWeight: tape(output.weight),
      outputBias: tape(output.bias), addingTo: residual)
  }
}
