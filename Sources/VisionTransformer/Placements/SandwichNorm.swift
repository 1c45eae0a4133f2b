import Platform
import Tensors

/// x ← x + N'(F(N(x))), and a final norm: the branch is normed where it starts and where it ends.
///
/// Of Peri-LN's norms the one of the embeddings is left to `patchNorm`: with `post` or `dual` the stream enters normed.
public struct SandwichNorm: NormPlacement {
  /// `sandwich` in recipes.
  public static let name = "sandwich"
  /// Other names for it.
  public static let aliases = ["sandwichNorm", "sandwichLN"]
  /// A line for `vitrail list`.
  public static let summary = "norms before and after each sublayer, inside the branch; a final norm"
  /// Where it is from.
  public static let source = "Ding et al., 2021 (CogView); Kim et al., 2025 (Peri-LN)"

  /// Takes no options.
  public init(options: NoOptions) {}

  /// True: the stream itself is never normed.
  public var hasFinalNorm: Bool { true }
  /// True: all norms are inside of the branches.
  public var allowsParallelBranches: Bool { true }

  /// Declares `norm1` and `attn_ln`, or `norm2` and `ffn_ln`.
  public func site(_ sublayer: SublayerSite, recipe: LayerRecipe, scope: ParameterScope) -> any ResidualSite {
    PreNormSite(sublayer, normsOutput: true, recipe: recipe, scope: scope)
  }
}
