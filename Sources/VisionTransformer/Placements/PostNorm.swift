import Platform
import Tensors

/// x ← N(x + F(x)), no final norm (Vaswani et al., 2017).
public struct PostNorm: NormPlacement {
  /// `post` in recipes.
  public static let name = "post"
  /// Other names for it.
  public static let aliases = ["postNorm", "postLN"]
  /// A line for `vitrail list`.
  public static let summary = "norm after each residual sum; no final norm"
  /// Where it is from.
  public static let source = "Vaswani et al., 2017"

  /// Takes no options.
  public init(options: NoOptions) {}

  /// False: the last sublayer's norm is the last operation.
  public var hasFinalNorm: Bool { false }

  /// Declares the sublayer's norm.
  public func site(_ sublayer: SublayerSite, recipe: LayerRecipe, scope: ParameterScope) -> any ResidualSite {
    PostNormSite(sublayer, recipe: recipe, scope: scope)
  }
}

/// N(x + F(x)), or with other factors of x and F: the rule of all placements that norm the stream.
struct PostNormSite: ResidualSite {
  private let norm: any Norm
  private let weigh: @Sendable (Tape) -> (skip: Scalar, branch: Scalar)

  init(
    _ sublayer: SublayerSite, recipe: LayerRecipe, scope: ParameterScope,
    factors: @escaping @Sendable (Tape) -> (skip: Scalar, branch: Scalar) = { _ in (1, 1) }
  ) {
    norm = recipe.norm(sublayer.norm(.stream), scope: scope[sublayer.normName])
    weigh = factors
  }

  func factors(_ tape: Tape) -> (skip: Scalar, branch: Scalar) { weigh(tape) }

  func callAsFunction(
    _ x: TokenSequence, joining skip: Tensor, _ tape: Tape,
    branch: (_ input: TokenSequence, _ residual: Tensor?) -> Tensor
  ) -> Tensor {
    let sum = branch(x, skip)
    let output = norm(x.with(sum), tape)
    // A model without norms gives the sum itself here, which others read.
    if !output.sharesStorage(with: sum) { tape.forget(sum, .block) }
    return output
  }
}
