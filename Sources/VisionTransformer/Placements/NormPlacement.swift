import Platform
import Tensors

/// Where the norms of a block stand and how a sublayer joins the residual stream; a variant is one file and one
/// line in `NormPlacements.all`.
public protocol NormPlacement: Variant, Sendable {
  /// The initialiser that belongs to the placement; used when a configuration chooses none.
  static var initializer: Choice { get }

  /// Takes its options.
  init(options: Options)

  /// Whether a norm follows the last block.
  var hasFinalNorm: Bool { get }

  /// Whether several branches may read the stream side by side: their norms are inside of the branches.
  var allowsParallelBranches: Bool { get }

  /// Whether the stream is the plain sum of what the branches' last linear layers write, and is read through norms before
  /// branches and at the end alone: what conversions of the stream ask for.
  var sumsBranches: Bool { get }

  /// What a sublayer's input is multiplied by between its norm and its first linear layer.
  func inputFactor(_ sublayer: SublayerSite) -> Double

  /// What the placement adds inside of a block's attention.
  func attentionStyle(_ sublayer: SublayerSite) -> AttentionStyle

  /// What the placement adds inside of a block's MLP.
  func mlpStyle(_ sublayer: SublayerSite) -> MLPStyle

  /// Declares what the residual rule of one sublayer needs, and returns the rule.
  func site(_ sublayer: SublayerSite, recipe: LayerRecipe, scope: ParameterScope) -> any ResidualSite
}

extension NormPlacement {
  /// Xavier's, as in MAE.
  public static var initializer: Choice { Choice(XavierUniform.name) }
  /// Norms after a residual sum see the sum of all branches.
  public var allowsParallelBranches: Bool { false }
  /// Norms in the stream, gains of the residual or norms behind branches make it something else.
  public var sumsBranches: Bool { false }
  /// Nothing.
  public func inputFactor(_ sublayer: SublayerSite) -> Double { 1 }
  /// The plain attention.
  public func attentionStyle(_ sublayer: SublayerSite) -> AttentionStyle { AttentionStyle() }
  /// The plain MLP.
  public func mlpStyle(_ sublayer: SublayerSite) -> MLPStyle { MLPStyle() }
}

/// The residual rule of one sublayer F: how skip·x + branch·F is weighed, and what is normed before and after.
public protocol ResidualSite: Sendable {
  /// A norm of the sublayer's output, before LayerScale and stochastic depth; nil for none.
  var outputNorm: (any Norm)? { get }

  /// The factors of the stream and of the sublayer in their sum.
  func factors(_ tape: Tape) -> (skip: Scalar, branch: Scalar)

  /// x [B, N, D], what the sublayer reads, and `skip`, what it joins: x itself, or with parallel branches x and the
  /// branches before → [B, N, D]. `branch(input, residual)` is the sublayer, joined to `residual` by the site's factors when there
  /// is one.
  func callAsFunction(
    _ x: TokenSequence, joining skip: Tensor, _ tape: Tape,
    branch: (_ input: TokenSequence, _ residual: Tensor?) -> Tensor
  ) -> Tensor
}

extension ResidualSite {
  /// Most placements add what the sublayer gives.
  public var outputNorm: (any Norm)? { nil }
  /// A plain sum.
  public func factors(_ tape: Tape) -> (skip: Scalar, branch: Scalar) { (1, 1) }
}

/// The registered placements.
public enum NormPlacements {
  /// Every variant.
  public static let all = Registry<any NormPlacement.Type>(
    "norm placement",
    [
      PreNorm.self, PostNorm.self, SandwichNorm.self, NormFormer.self, SubLayerNorm.self, DeepNorm.self,
      BranchNorm.self, HybridNorm.self, MixedNorm.self, LayerNormScaling.self,
    ]
  ) { $0 }
}

extension Selection<any NormPlacement.Type> {
  /// The chosen placement.
  public func make() -> any NormPlacement {
    func make<P: NormPlacement>(_: P.Type) -> any NormPlacement { P(options: options(of: P.self)) }
    let type: any NormPlacement.Type = type
    return make(type)
  }
}
