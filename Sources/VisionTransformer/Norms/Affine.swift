import Platform
import Tensors

/// y = γ∘x + β: no statistics at all (ResMLP's Aff, Touvron et al., 2021).
///
/// It is also what is left of a norm whose statistics are frozen, where no linear layer reads it.
public struct Affine: AffineInEvaluation {
  /// `affine` in recipes.
  public static let name = "affine"
  /// A line for `vitrail list`.
  public static let summary = "a gain and a bias for each channel, without statistics"
  /// Where it is from.
  public static let source = "Touvron et al., 2021"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Whether the mean over the channels is subtracted first.
    public var centers = false
    /// The defaults.
    public init() {}
  }

  private let weight, bias: Parameter
  private let centers: Bool

  /// Declares γ = 1 and β = 0.
  public init(_ site: NormSite, options: Options, scope: ParameterScope) {
    weight = scope.parameter("weight", shape: [site.width], role: .gain, initial: .ones)
    bias = scope.parameter("bias", shape: [site.width], role: .bias, initial: .zeros)
    centers = options.centers
  }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    tape.affineChannels(x, weight: tape(weight), bias: tape(bias), centers: centers)
  }

  /// Itself.
  public var affineMap: AffineMap {
    AffineMap(scale: weight.value.values, shift: bias.value.values, centers: centers)
  }
}
