import Platform
import Tensors

/// y = x: what is left when norms are taken away (Heimersheim, 2024). Training from scratch without norms wants LayerScale
/// or small initial weights.
public struct NoNorm: Norm {
  /// `none` in recipes.
  public static let name = "none"
  /// Other names for it.
  public static let aliases = ["identity"]
  /// A line for `vitrail list`.
  public static let summary = "leave each token as it is"
  /// Where it is from.
  public static let source = "Heimersheim, 2024"

  /// Declares nothing.
  public init(_ site: NormSite, options: NoOptions, scope: ParameterScope) {}

  /// x itself, not a copy: whoever drops the result must know that others may read it.
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor { x }
}
