import Platform
import Tensors

/// x ← x + F(N(x)/√l), l the number of the block from 1, and a final norm that is not scaled (Sun et al., 2025): the
/// variance of the stream grows less with depth than under pre-norm.
public struct LayerNormScaling: NormPlacement {
  /// `layerNormScaling` in recipes.
  public static let name = "layerNormScaling"
  /// Other names for it.
  public static let aliases = ["lns"]
  /// A line for `vitrail list`.
  public static let summary = "pre-norm, the norm's output divided by the root of the block's number"
  /// Where it is from.
  public static let source = "Sun et al., 2025"

  /// Takes no options.
  public init(options: NoOptions) {}

  /// True: the stream itself is never normed.
  public var hasFinalNorm: Bool { true }
  /// True: all norms are inside of the branches.
  public var allowsParallelBranches: Bool { true }
  /// True.
  public var sumsBranches: Bool { true }

  /// 1/√l.
  public func inputFactor(_ sublayer: SublayerSite) -> Double { 1 / Double(sublayer.layer + 1).squareRoot() }

  /// Declares `norm1` or `norm2`.
  public func site(_ sublayer: SublayerSite, recipe: LayerRecipe, scope: ParameterScope) -> any ResidualSite {
    PreNormSite(sublayer, inputScale: Scalar(inputFactor(sublayer)), recipe: recipe, scope: scope)
  }
}
