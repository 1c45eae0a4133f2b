import Platform
import Tensors

/// Pre-norm with three additions against gradients that shrink with depth (Shleifer et al., 2021): a norm of what
/// attention gives, a factor for each head, and a norm after the MLP's activation; on request a factor for each channel
/// of the stream that skips the MLP.
public struct NormFormer: NormPlacement {
  /// `normFormer` in recipes.
  public static let name = "normFormer"
  /// A line for `vitrail list`.
  public static let summary = "pre-norm, with norms after attention and activation and a factor for each head"
  /// Where it is from.
  public static let source = "Shleifer et al., 2021"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Where the heads' factors are applied: on each mixture as in the paper, or on the projection as in fairseq.
    public var headScale = AttentionStyle.HeadScale.mixture
    /// Whether a learned λ [D] scales the stream where it skips the MLP; small models gain by it.
    public var residualScale = false
    /// The defaults.
    public init() {}
  }

  private let options: Options

  /// Takes its options.
  public init(options: Options) { self.options = options }

  /// True: the stream itself is never normed.
  public var hasFinalNorm: Bool { true }
  /// Norms are inside of the branches; λ is not.
  public var allowsParallelBranches: Bool { !options.residualScale }

  /// A factor for each head.
  public func attentionStyle(_ sublayer: SublayerSite) -> AttentionStyle {
    var style = AttentionStyle()
    style.headScale = options.headScale
    return style
  }

  /// A norm after the activation.
  public func mlpStyle(_ sublayer: SublayerSite) -> MLPStyle {
    var style = MLPStyle()
    style.normsHidden = true
    return style
  }

  /// Declares `norm1` and `attn_ln`, or `norm2` and, where it is wanted, `w_resid`: fairseq's names.
  public func site(_ sublayer: SublayerSite, recipe: LayerRecipe, scope: ParameterScope) -> any ResidualSite {
    let inner = PreNormSite(sublayer, normsOutput: sublayer.kind == .attention, recipe: recipe, scope: scope)
    guard sublayer.kind == .mlp && options.residualScale else { return inner }
    return ScaledSkip(
      inner: inner, scale: scope.parameter("w_resid", shape: [sublayer.width], role: .factor, initial: .ones))
  }

  /// λ∘x + F(N(x)).
  private struct ScaledSkip: ResidualSite {
    let inner: PreNormSite
    let scale: Parameter

    func callAsFunction(
      _ x: TokenSequence, joining skip: Tensor, _ tape: Tape,
      branch: (_ input: TokenSequence, _ residual: Tensor?) -> Tensor
    ) -> Tensor {
      let scaled = tape.scaledChannels(skip, by: tape(scale))
      let output = inner(x, joining: scaled, tape, branch: branch)
      tape.forget(scaled, .block)
      return output
    }
  }
}
