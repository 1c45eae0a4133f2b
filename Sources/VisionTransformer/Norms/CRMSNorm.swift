import Platform
import Tensors

/// y = γ·x/√((Σx² + (Σx)²)/(W + 1) + ε): RMSNorm of a vector of sum 0 whose last entry is not stored (Jiang et al.,
/// 2023), ε inside the root.
///
/// In a compressed stream (`StreamForm.compressed`) it computes what LayerNorm does in the whole one.
public struct CRMSNorm: Norm {
  /// `crmsNorm` in recipes.
  public static let name = "crmsNorm"
  /// A line for `vitrail list`.
  public static let summary =
    "RMSNorm of a vector of sum 0 that is stored without its last entry, then a gain"
  /// Where it is from.
  public static let source = "Jiang et al., 2023"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Added to the mean square, inside the root.
    public var epsilon = 1e-6
    /// Whether there is γ.
    public var affine = true
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["epsilon": .epsilon]
  }

  private let weight: Parameter?
  private let epsilon: Scalar

  /// Declares γ = 1.
  public init(_ site: NormSite, options: Options, scope: ParameterScope) {
    weight =
      options.affine ? scope.parameter("weight", shape: [site.width], role: .gain, initial: .ones) : nil
    epsilon = Scalar(options.epsilon)
  }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    tape.crmsNorm(x, weight: weight.map { tape($0) }, epsilon: epsilon)
  }
}
