import Platform
import Tensors

/// y = s·x/max(‖x‖, ε), one learned length s for each site, √D at first (Nguyen & Salazar, 2019).
public struct ScaleNorm: Norm {
  /// `scaleNorm` in recipes.
  public static let name = "scaleNorm"
  /// A line for `vitrail list`.
  public static let summary = "bring each token to one learned length"
  /// Where it is from.
  public static let source = "Nguyen & Salazar, 2019"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Tokens shorter than this are divided by this.
    public var epsilon = 1e-5
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["epsilon": .epsilon]
  }

  private let scale: Parameter
  private let epsilon: Scalar

  /// Declares s = √D.
  public init(_ site: NormSite, options: Options, scope: ParameterScope) {
    scale = scope.parameter(
      "scale", shape: [1], role: .gain, initial: .constant(Scalar(Double(site.width).squareRoot())))
    epsilon = Scalar(options.epsilon)
  }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    tape.scaleNorm(x, scale: tape(scale), epsilon: epsilon)
  }
}
