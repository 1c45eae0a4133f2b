import Platform
import Tensors

/// Post-norm in the first ⌊a·L⌋ of L blocks, pre-norm in the rest, and a final norm (Mix-LN, Li et al., 2024): post-norm
/// keeps gradients large in late blocks, pre-norm in early ones.
public struct MixedNorm: NormPlacement {
  /// `mixLN` in recipes.
  public static let name = "mixLN"
  /// Other names for it.
  public static let aliases = ["mixedLN"]
  /// A line for `vitrail list`.
  public static let summary = "post-norm in the first blocks, pre-norm in the rest; a final norm"
  /// Where it is from.
  public static let source = "Li et al., 2024 (Mix-LN)"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// a, the share of the blocks that are post-norm.
    public var ratio = 0.25
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["ratio": .share]
  }

  private let options: Options

  /// Takes its options.
  public init(options: Options) { self.options = options }

  /// True.
  public var hasFinalNorm: Bool { true }

  /// Declares `norm1` or `norm2`.
  public func site(_ sublayer: SublayerSite, recipe: LayerRecipe, scope: ParameterScope) -> any ResidualSite {
    // The product is rounded off where it is a whole number but for its last bits, as 0.29 · 100 is.
    let postCount = Int(options.ratio * Double(sublayer.depth) + 1e-9)
    return sublayer.layer < postCount
      ? PostNormSite(sublayer, recipe: recipe, scope: scope)
      : PreNormSite(sublayer, recipe: recipe, scope: scope)
  }
}
