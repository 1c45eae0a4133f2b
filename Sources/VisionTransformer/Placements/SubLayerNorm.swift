import Platform
import Tensors

/// Pre-norm with a second norm inside each sublayer, before its last projection: of the heads' mixtures, and of the
/// MLP's hidden layer after the activation. Weights start as `magneto` has it unless another start is chosen.
public struct SubLayerNorm: NormPlacement {
  /// `subLN` in recipes.
  public static let name = "subLN"
  /// Other names for it.
  public static let aliases = ["subLayerNorm"]
  /// A line for `vitrail list`.
  public static let summary = "pre-norm, with a norm before the last projection of each sublayer"
  /// Where it is from.
  public static let source = "Wang et al., 2022 (Magneto)"

  /// `magneto`.
  public static var initializer: Choice { Choice(Magneto.name) }

  /// Takes no options.
  public init(options: NoOptions) {}

  /// True: the stream itself is never normed.
  public var hasFinalNorm: Bool { true }
  /// True: all norms are inside of the branches.
  public var allowsParallelBranches: Bool { true }
  /// True: the added norms are before the branches' last layers.
  public var sumsBranches: Bool { true }

  /// A norm of the mixtures, `attn.norm` as in timm (torchscale: `inner_attn_ln`).
  public func attentionStyle(_ sublayer: SublayerSite) -> AttentionStyle {
    var style = AttentionStyle()
    style.normsMixture = true
    return style
  }

  /// A norm after the activation, `mlp.norm` as in timm (torchscale: `ffn_layernorm`).
  public func mlpStyle(_ sublayer: SublayerSite) -> MLPStyle {
    var style = MLPStyle()
    style.normsHidden = true
    return style
  }

  /// Declares `norm1` or `norm2`.
  public func site(_ sublayer: SublayerSite, recipe: LayerRecipe, scope: ParameterScope) -> any ResidualSite {
    PreNormSite(sublayer, recipe: recipe, scope: scope)
  }
}
