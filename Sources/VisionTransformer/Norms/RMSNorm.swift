import Platform
import Tensors

/// y = γ·x/√(mean x² + ε) (+ β) (Zhang & Sennrich, 2019), ε inside the root.
public struct RMSNorm: RowwiseNorm {
  /// `rmsNorm` in recipes.
  public static let name = "rmsNorm"
  /// Other names for it.
  public static let aliases = ["rms"]
  /// A line for `vitrail list`.
  public static let summary = "scale each token to root mean square 1, then a gain"
  /// Where it is from.
  public static let source = "Zhang & Sennrich, 2019"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Added to the mean square, inside the root.
    public var epsilon = 1e-6
    /// Whether there is γ.
    public var affine = true
    /// Whether there is β, which the paper leaves out.
    public var bias = false
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["epsilon": .epsilon]
  }

  private let weight, bias: Parameter?
  private let epsilon: Scalar

  /// Declares γ = 1, and β = 0 where it is wanted.
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
    tape.rmsNorm(x, weight: weight.map { tape($0) }, bias: bias.map { tape($0) }, epsilon: epsilon)
  }

  func rowNorm(_ tape: Tape) -> RowNorm {
    RowNorm(
      weight: weight.map { tape($0) }, bias: bias.map { tape($0) }, epsilon: epsilon, centers: false)
  }
}
