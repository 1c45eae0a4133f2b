import Platform
import Tensors

/// y = x·exp(s)/√(mean (x − b)²) (Yao et al., 2023): a vector b that the length of a token is measured from and one
/// scale; the token itself is not centred, and there is no ε.
///
/// s is kept in −1.5 … 1.5: where it is outside, a gradient that would push it further out turns its sign. The authors'
/// code does so on a random 60 % of the steps, to save time; here it costs nothing and is done on all, which needs
/// no draws. As in their data-parallel training each lane judges its own share of the gradient.
public struct BiasNorm: Norm {
  /// `biasNorm` in recipes.
  public static let name = "biasNorm"
  /// A line for `vitrail list`.
  public static let summary = "scale each token by its distance from a learned vector, then one gain"
  /// Where it is from.
  public static let source = "Yao et al., 2023"

  private let bias, logScale: Parameter

  /// Declares b with a standard deviation of 1e-4, and s = 1.
  public init(_ site: NormSite, options: NoOptions, scope: ParameterScope) {
    bias = scope.parameter(
      "bias", shape: [site.width], role: .bias, initial: .normal(standardDeviation: 1e-4))
    logScale = scope.parameter("log_scale", shape: [1], role: .gain, initial: .ones)
  }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    tape.biasNorm(x, bias: tape(bias), logScale: tape(logScale), keeping: -1.5...1.5)
  }
}
