import Tensors

/// What may be added to a plain MLP.
public struct MLPStyle: Sendable, Equatable {
  /// A norm after the activation (NormFormer, Shleifer et al., 2021; Sub-LN, Wang et al., 2022).
  public var normsHidden = false

  /// A plain MLP.
  public init() {}
}

/// fc2(f(fc1(x))), f the activation, with a norm before fc2 where the style asks for it.
///
/// Of swiGLU fc1 has two matrices of the hidden layer's height, the gate's first: timm's packed layout.
public struct MLP: Sendable {
  private let hidden, output: Linear
  private let hiddenNorm: (any Norm)?
  private let activation: Activation

  /// Declares `fc1`, `fc2` and, where the style has it, `norm`.
  public init(_ sublayer: SublayerSite, hiddenWidth: Int, recipe: LayerRecipe, scope: ParameterScope) {
    activation = recipe.activation
    let matrixCount = activation.inputsPerOutput
    hidden = Linear(
      .mlpHidden, inputs: sublayer.width, outputs: matrixCount * hiddenWidth, of: sublayer,
      matrixCount: matrixCount, by: recipe.initializer, scope: scope["fc1"])
    hiddenNorm =
      recipe.placement.mlpStyle(sublayer).normsHidden
      ? recipe.norm(NormSite(.hidden, width: hiddenWidth, sublayer: sublayer), scope: scope["norm"]) : nil
    output = Linear(
      .mlpOutput, inputs: hiddenWidth, outputs: sublayer.width, of: sublayer, by: recipe.initializer,
      scope: scope["fc2"])
  }

  /// x [B, N, D] → [B, N, D], added to a multiple of `residual` when given.
  public func callAsFunction(
    _ x: TokenSequence, _ tape: Tape, addingTo residual: Tensor?, scaledBy residualScale: Scalar = 1
  ) -> Tensor {
    if activation == .gelu && hiddenNorm == nil {
      return tape.mlp(
        x.values, hiddenWeight: tape(hidden.weight), hiddenBias: tape(hidden.bias),
        outputWeight: tape(output.weight), outputBias: tape(output.bias), addingTo: residual,
        residualScale: residualScale)
    }
    let projected = tape.linear(x.values, weight: tape(hidden.weight))
    let activated = tape.activate(projected, bias: tape(hidden.bias), by: activation)
    let normed = hiddenNorm.map { $0(x.with(activated), tape) } ?? activated
    let sum = output(normed, tape, addingTo: residual, scaledBy: residualScale)
    for result in [projected, activated, normed] { tape.forget(result, .block) }
    return sum
  }
}
