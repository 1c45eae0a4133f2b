import Foundation
import Platform
import Tensors

/// x ← N(α·x + F(x)), no final norm (Wang et al., 2022): α = (2L)^¼ bounds what an update does to a model of L blocks,
/// so that post-norm trains at any depth. Weights start as `deepNet` has it unless another start is chosen.
///
/// The decoder of an autoencoder is a stack of its own and has the α of its own depth.
public struct DeepNorm: NormPlacement {
  /// `deepNorm` in recipes.
  public static let name = "deepNorm"
  /// A line for `vitrail list`.
  public static let summary = "post-norm with the stream scaled up by a power of the depth"
  /// Where it is from.
  public static let source = "Wang et al., 2022 (DeepNet)"

  /// `deepNet`.
  public static var initializer: Choice { Choice(DeepNet.name) }

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// The stream's factor; nil means (2L)^¼, 1 is post-norm.
    public var alpha: Double?
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["alpha": .above(0, to: 1000)]
  }

  private let options: Options

  /// Takes its options.
  public init(options: Options) { self.options = options }

  /// False: the last sublayer's norm is the last operation.
  public var hasFinalNorm: Bool { false }

  /// Declares `norm1` or `norm2`.
  public func site(_ sublayer: SublayerSite, recipe: LayerRecipe, scope: ParameterScope) -> any ResidualSite {
    let alpha = Scalar(options.alpha ?? pow(2 * Double(sublayer.depth), 0.25))
    return PostNormSite(sublayer, recipe: recipe, scope: scope) { _ in (alpha, 1) }
  }
}
