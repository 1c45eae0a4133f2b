import Platform
import Tensors

/// x ← x + F(N(x)), and a final norm (Xiong et al., 2020).
public struct PreNorm: NormPlacement {
  /// `pre` in recipes.
  public static let name = "pre"
  /// A line for `vitrail list`.
  public static let summary = "norm before each sublayer, inside the branch; a final norm"
  /// Where it is from.
  public static let source = "Xiong et al., 2020"

  /// Takes no options.
  public init(options: NoOptions) {}

  /// True: the stream itself is never normed.
  public var hasFinalNorm: Bool { true }
  /// True (Touvron et al., 2022).
  public var allowsParallelBranches: Bool { true }

  /// Declares the sublayer's norm.
  public func site(_ place: SublayerPlace, recipe: LayerRecipe, scope: ParameterScope) -> any ResidualSite {
    PreNormSite(place, recipe: recipe, scope: scope)
  }
}

/// x + F(N(x)): the rule that most placements share.
struct PreNormSite: ResidualSite {
  private let norm: any Norm
  private let kind: SublayerPlace.Kind

  init(_ place: SublayerPlace, recipe: LayerRecipe, scope: ParameterScope) {
    norm = recipe.norm(place.norm(.sublayerInput), scope: scope[place.normName])
    kind = place.kind
  }

  func callAsFunction(
    _ x: Tensor, joining skip: Tensor, _ tape: Tape, branch: (_ input: Tensor, _ residual: Tensor?) -> Tensor
  ) -> Tensor {
    let normed = norm(x, tape)
    let output = branch(normed, skip)
    // A model without norms gives x itself here, which others read.
    if !normed.sharesStorage(with: x) { tape.forget(normed, kind == .attention ? .attention : .block) }
    return output
  }
}
