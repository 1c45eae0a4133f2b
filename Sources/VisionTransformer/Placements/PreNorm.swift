import Platform
import Tensors

/// x ← x + F(N(x)), and a final norm (Xiong et al., 2020).
public struct PreNorm: NormPlacement {
  /// `pre` in recipes.
  public static let name = "pre"
  /// Other names for it.
  public static let aliases = ["preNorm", "preLN"]
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
  /// True.
  public var sumsBranches: Bool { true }

  /// Declares the sublayer's norm.
  public func site(_ sublayer: SublayerSite, recipe: LayerRecipe, scope: ParameterScope) -> any ResidualSite {
    PreNormSite(sublayer, recipe: recipe, scope: scope)
  }
}

/// x + F(N(x)), or with a factor of what F reads and a norm of what it gives: the rule that most placements share.
struct PreNormSite: ResidualSite {
  let outputNorm: (any Norm)?
  private let norm: any Norm
  private let inputScale: Scalar
  private let level: Recompute

  init(
    _ sublayer: SublayerSite, inputScale: Scalar = 1, normsOutput: Bool = false, recipe: LayerRecipe,
    scope: ParameterScope
  ) {
    norm = recipe.norm(sublayer.norm(.sublayerInput), scope: scope[sublayer.normName])
    outputNorm =
      normsOutput ? recipe.norm(sublayer.norm(.sublayerOutput), scope: scope[sublayer.outputNormName]) : nil
    self.inputScale = inputScale
    level = sublayer.kind == .attention ? .attention : .block
  }

  func callAsFunction(
    _ x: TokenSequence, joining skip: Tensor, _ tape: Tape,
    branch: (_ input: TokenSequence, _ residual: Tensor?) -> Tensor
  ) -> Tensor {
    let normed = norm(x, tape)
    let input = inputScale == 1 ? normed : tape.scaled(normed, by: inputScale)
    let output = branch(x.with(input), skip)
    // A model without norms gives x itself here, which others read.
    for result in [normed, input] where !result.sharesStorage(with: x.values) { tape.forget(result, level) }
    return output
  }
}
