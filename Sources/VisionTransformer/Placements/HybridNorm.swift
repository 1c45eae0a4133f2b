import Platform
import Tensors

/// y = x + A(x) with norms of A's queries, keys and values; z = N(y); x ← z + F(z); and a final norm (Zhuo et al., 2025).
///
/// The norm before the MLP is in the stream itself: its output is both what the MLP reads and what it joins.
public struct HybridNorm: NormPlacement {
  /// `hybrid` in recipes.
  public static let name = "hybrid"
  /// Other names for it.
  public static let aliases = ["hybridNorm"]
  /// A line for `vitrail list`.
  public static let summary =
    "norms of queries, keys and values; the stream normed before each MLP; a final norm"
  /// Where it is from.
  public static let source = "Zhuo et al., 2025"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// HybridNorm*: the first block norms the input of its attention and of its MLP, inside the branch.
    public var firstBlockPreNorm = false
    /// The defaults.
    public init() {}
  }

  private let options: Options

  /// Takes its options.
  public init(options: Options) { self.options = options }

  /// True: the last MLP joins a stream that no norm follows.
  public var hasFinalNorm: Bool { true }

  /// Norms of queries, keys and values.
  public func attentionStyle(_ sublayer: SublayerSite) -> AttentionStyle {
    var style = AttentionStyle()
    style.normsQueriesAndKeys = true
    style.normsValues = true
    return style
  }

  /// Declares `norm2`, and in the first block of HybridNorm* `norm1`.
  public func site(_ sublayer: SublayerSite, recipe: LayerRecipe, scope: ParameterScope) -> any ResidualSite {
    if options.firstBlockPreNorm && sublayer.layer == 0 {
      return PreNormSite(sublayer, recipe: recipe, scope: scope)
    }
    switch sublayer.kind {
    case .attention: return BareSite()
    case .mlp: return NormedStream(norm: recipe.norm(sublayer.norm(.stream), scope: scope[sublayer.normName]))
    }
  }

  /// x + F(x).
  private struct BareSite: ResidualSite {
    func callAsFunction(
      _ x: TokenSequence, joining skip: Tensor, _ tape: Tape,
      branch: (_ input: TokenSequence, _ residual: Tensor?) -> Tensor
    ) -> Tensor { branch(x, skip) }
  }

  /// z + F(z), z = N(x).
  private struct NormedStream: ResidualSite {
    let norm: any Norm

    func callAsFunction(
      _ x: TokenSequence, joining skip: Tensor, _ tape: Tape,
      branch: (_ input: TokenSequence, _ residual: Tensor?) -> Tensor
    ) -> Tensor {
      let normed = norm(x, tape)
      let output = branch(x.with(normed), normed)
      if !normed.sharesStorage(with: x.values) { tape.forget(normed, .block) }
      return output
    }
  }
}
