import Platform
import Tensors

/// y = γ·(x − μ)/√(σ² + ε) + β (Ba, Kiros & Hinton, 2016).
public struct LayerNorm: Norm {
  /// `layerNorm` in recipes.
  public static let name = "layerNorm"
  /// A line for `vitrail list`.
  public static let summary = "centre and scale each token to variance 1, then an affine map"
  /// Where it is from.
  public static let source = "Ba, Kiros & Hinton, 2016"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Added to the variance, inside the root.
    public var epsilon = 1e-6
    /// The defaults.
    public init() {}
  }

  private let weight, bias: Parameter
  private let epsilon: Scalar

  /// Declares γ = 1 and β = 0.
  public init(width: Int, options: Options, scope: ParameterScope) {
    weight = scope.parameter("weight", shape: [width], initial: .ones)
    bias = scope.parameter("bias", shape: [width], initial: .zeros)
    epsilon = Scalar(options.epsilon)
  }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    tape.layerNorm(x, weight: tape(weight), bias: tape(bias), epsilon: epsilon)
  }
}
