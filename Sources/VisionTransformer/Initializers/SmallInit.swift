import Platform
import Tensors

/// N(0, √(2/5D)) for every matrix, those that write into the stream divided by √(2L), and a stream that enters the first
/// block with deviation 1, so that no gradient spikes where a norm divides by a small one (Takase et al., 2023).
///
/// The paper scales or norms embeddings of words. Here the patch projection has deviation 1/√inputs, which brings
/// standardised pixels to 1 (a norm after it does so exactly; behind the GELUs of the stem hMLP it takes one), and class, register and mask tokens are N(0, 1);
/// learned positions are N(0, 0.02), for they are added. D is the width of the stack, or outside of stacks the inputs.
public struct SmallInit: Initializer {
  /// `smallInit` in recipes.
  public static let name = "smallInit"
  /// A line for `vitrail list`.
  public static let summary =
    "normal with deviation √(2/5D), writers of the stream over √(2L), a stream of deviation 1"
  /// Where it is from.
  public static let source = "Takase et al., 2023"

  /// Takes no options.
  public init(options: NoOptions) {}

  /// The start of a weight [outputs, inputs].
  public func weight(_ site: WeightSite) -> InitialValue {
    guard site.role != .patchEmbedding else {
      return .normal(standardDeviation: 1 / Double(site.inputs).squareRoot())
    }
    let deviation = (2 / (5 * Double(site.sublayer?.width ?? site.inputs))).squareRoot()
    guard site.role.writesStream, let depth = site.sublayer?.depth else {
      return .normal(standardDeviation: deviation)
    }
    return .normal(standardDeviation: deviation / (2 * Double(depth)).squareRoot())
  }

  /// N(0, 1), N(0, 0.02) for positions.
  public func token(_ role: TokenRole) -> InitialValue {
    .normal(standardDeviation: role == .position ? 0.02 : 1)
  }
}
