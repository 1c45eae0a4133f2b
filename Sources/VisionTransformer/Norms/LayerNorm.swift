import Platform
import Tensors

/// y = γ·(x − μ)/√(σ² + ε) + β (Ba, Kiros & Hinton, 2016).
public struct LayerNorm: RowwiseNorm {
  /// `layerNorm` in recipes.
  public static let name = "layerNorm"
  /// Other names for it.
  public static let aliases = ["ln"]
  /// A line for `vitrail list`.
  public static let summary = "centre and scale each token to variance 1, then an affine map"
  /// Where it is from.
  public static let source = "Ba, Kiros & Hinton, 2016"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Added to the variance, inside the root.
    public var epsilon = 1e-6
    /// Whether there are γ and β.
    public var affine = true
    /// Whether there is β.
    public var bias = true
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["epsilon": .epsilon]
  }

  private let weight, bias: Parameter?
  private let epsilon: Scalar

  /// Declares γ = 1 and β = 0.
  public init(_ site: NormSite, options: Options, scope: ParameterScope) {
    weight =
      options.affine ? scope.parameter("weight", shape: [site.width], role: .gain, initial: .ones) : nil
    bias =
      options.affine && options.bias
      ? scope.parameter("bias", shape: [site.width], role: .bias, initial: .zeros) : nil
    epsilon = Scalar(options.epsilon)
  }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    tape.layerNorm(x, weight: weight.map { tape($0) }, bias: bias.map { tape($0) }, epsilon: epsilon)
  }

  func rowNorm(_ tape: Tape) -> RowNorm {
    RowNorm(
      weight: weight.map { tape($0) }, bias: bias.map { tape($0) }, epsilon: epsilon, centers: true)
  }
}
