import Platform
import Tensors

/// y = γ·x/√(mean x² + ε) (Zhang & Sennrich, 2019), ε inside the root.
public struct RMSNorm: Norm {
  /// `rmsNorm` in recipes.
  public static let name = "rmsNorm"
  /// A line for `vitrail list`.
  public static let summary = "scale each token to root mean square 1, then a gain"
  /// Where it is from.
  public static let source = "Zhang & Sennrich, 2019"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Added to the mean square, inside the root.
    public var epsilon = 1e-6
    /// The defaults.
    public init() {}
  }

  private let weight: Parameter
  private let epsilon: Scalar

  /// Declares γ = 1.
  public init(width: Int, options: Options, scope: ParameterScope) {
    weight = scope.parameter("weight", shape: [width], initial: .ones)
    epsilon = Scalar(options.epsilon)
  }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    tape.rmsNorm(x, weight: tape(weight), epsilon: epsilon)
  }
}
