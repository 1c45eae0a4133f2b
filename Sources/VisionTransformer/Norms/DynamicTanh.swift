import Platform
import Tensors

/// y = γ·tanh(α·x) + β with one learned α (Zhu et al., 2025): no statistics at all.
public struct DynamicTanh: Norm {
  /// `dynamicTanh` in recipes.
  public static let name = "dynamicTanh"
  /// Other names for it.
  public static let aliases = ["dyt"]
  /// A line for `vitrail list`.
  public static let summary = "squash each entry with tanh of a learned slope, then an affine map"
  /// Where it is from.
  public static let source = "Zhu et al., 2025"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Start of α; the paper's value for ViTs, MAE and DINO.
    public var alpha = 0.5
    /// Whether there are γ and β.
    public var affine = true
    /// Whether there is β.
    public var bias = true
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["alpha": .above(0, to: 100)]
  }

  private let alpha: Parameter
  private let weight, bias: Parameter?

  /// Declares α, γ = 1 and β = 0.
  public init(_ site: NormSite, options: Options, scope: ParameterScope) {
    alpha = scope.parameter("alpha", shape: [1], role: .factor, initial: .constant(Scalar(options.alpha)))
    weight =
      options.affine ? scope.parameter("weight", shape: [site.width], role: .gain, initial: .ones) : nil
    bias =
      options.affine && options.bias
      ? scope.parameter("bias", shape: [site.width], role: .bias, initial: .zeros) : nil
  }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    tape.dynamicTanh(
      x, alpha: tape(alpha), weight: weight.map { tape($0) }, bias: bias.map { tape($0) })
  }
}
