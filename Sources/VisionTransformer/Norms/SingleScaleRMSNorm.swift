import Platform
import Tensors

/// y = γ·x/√(mean x² + ε) with one γ for all channels, so that none is privileged (Park et al., 2025).
public struct SingleScaleRMSNorm: Norm {
  /// `singleScaleRMSNorm` in recipes.
  public static let name = "singleScaleRMSNorm"
  /// Other names for it.
  public static let aliases = ["ssRMSNorm"]
  /// A line for `vitrail list`.
  public static let summary = "scale each token to root mean square 1, then one gain for all channels"
  /// Where it is from.
  public static let source = "Park et al., 2025"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Added to the mean square, inside the root.
    public var epsilon = 1e-6
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["epsilon": .epsilon]
  }

  private let scale: Parameter
  private let epsilon: Scalar

  /// Declares γ = 1.
  public init(_ site: NormSite, options: Options, scope: ParameterScope) {
    scale = scope.parameter("scale", shape: [1], role: .gain, initial: .ones)
    epsilon = Scalar(options.epsilon)
  }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    tape.singleScaleRMSNorm(x, scale: tape(scale), epsilon: epsilon)
  }
}
