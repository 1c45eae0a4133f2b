import Tensors

/// What may be added to a plain attention.
public struct AttentionStyle: Sendable, Equatable {
  /// Norms of each head's queries and keys (Dehghani et al., 2023).
  public var normsQueriesAndKeys = false
  /// A norm of each head's values too (HybridNorm, Zhuo et al., 2025).
  public var normsValues = false
  /// A norm of the heads' mixtures before the projection (Sub-LN, Wang et al., 2022).
  public var normsMixture = false
  /// A learned factor for each head (NormFormer, Shleifer et al., 2021).
  public var headScale = HeadScale.none

  /// Where a head's factor is applied.
  public enum HeadScale: String, Codable, Sendable, CaseIterable {
    /// Nowhere.
    case none
    /// On its mixture, before the projection: as the paper has it.
    case mixture
    /// On its share of the projection's output: as fairseq's code has it.
    case output
  }

  /// A plain attention.
  public init() {}
}

/// What attention knows of its tokens beside their values.
public struct AttentionTokens: Sendable {
  /// What turns queries and keys, after their norms, where positions are rotary.
  public var rotation: Rotation?
  /// How many tokens are keys and values, the first of each sample; nil for all.
  public var keyCount: Int?

  /// All tokens alike, without places.
  public init(rotation: Rotation? = nil, keyCount: Int? = nil) {
    self.rotation = rotation
    self.keyCount = keyCount
  }
}

/// Multi-head self-attention with a fused query-key-value projection (Vaswani et al., 2017).
public struct Attention: Sendable {
  private let queryKeyValue, projection: Linear
  private let headCount: Int
  private let queryNorm, keyNorm, valueNorm, mixtureNorm: (any Norm)?
  private let headScale: Parameter?
  private let scalesOutput: Bool

  /// Declares `qkv`, `proj`, and what the style adds: `q_norm`, `k_norm`, `v_norm`, `norm`, `head_scale`.
  ///
  /// `innerWidth` is the width of all heads together; nil means the stream's.
  public init(
    _ sublayer: SublayerSite, headCount: Int, innerWidth: Int? = nil, recipe: LayerRecipe,
    scope: ParameterScope
  ) {
    let style = recipe.placement.attentionStyle(sublayer)
    let (width, inner) = (sublayer.width, innerWidth ?? sublayer.width)
    self.headCount = headCount
    queryKeyValue = Linear(
      .queryKeyValue, inputs: width, outputs: 3 * inner, of: sublayer, headCount: headCount,
      matrixCount: 3, by: recipe.initializer, scope: scope["qkv"])
    func norm(_ name: String, _ role: NormSite.Role, _ width: Int) -> any Norm {
      recipe.norm(NormSite(role, width: width, sublayer: sublayer), scope: scope[name])
    }
    let normsQueriesAndKeys = style.normsQueriesAndKeys || recipe.hasQueryKeyNorm
    queryNorm = normsQueriesAndKeys ? norm("q_norm", .head, inner / headCount) : nil
    keyNorm = normsQueriesAndKeys ? norm("k_norm", .head, inner / headCount) : nil
    valueNorm = style.normsValues ? norm("v_norm", .head, inner / headCount) : nil
    headScale =
      style.headScale == .none
      ? nil : scope.parameter("head_scale", shape: [headCount], role: .factor, initial: .ones)
    scalesOutput = style.headScale == .output
    mixtureNorm = style.normsMixture ? norm("norm", .mixture, inner) : nil
    projection = Linear(
      .attentionProjection, inputs: inner, outputs: width, of: sublayer, headCount: headCount,
      by: recipe.initializer, scope: scope["proj"])
  }

  /// x [B, N, D] → [B, N, D], added to a multiple of `residual` when given.
  public func callAsFunction(
    _ x: TokenSequence, _ tape: Tape, addingTo residual: Tensor?, scaledBy residualScale: Scalar = 1,
    _ tokens: AttentionTokens = AttentionTokens()
  ) -> Tensor {
    let projected = queryKeyValue(x.values, tape)
    let normed = normingHeads(projected, tape)
    let placed = tokens.rotation.map { tape.rotated(normed, by: $0) } ?? normed
    let mixed = tape.attention(placed, headCount: headCount, keyCount: tokens.keyCount)
    let scaled = scalesOutput ? mixed : scalingHeads(mixed, tape)
    let mixture = mixtureNorm?(x.with(scaled), tape) ?? scaled
    defer {
      for result in [projected, normed, placed, mixed, scaled, mixture] { tape.forget(result, .attention) }
    }
    guard scalesOutput else {
      return projection(mixture, tape, addingTo: residual, scaledBy: residualScale)
    }
    let unscaled = projection(mixture, tape)
    let output = scalingHeads(unscaled, tape)
    tape.forget(unscaled, .attention)
    guard let residual else { return output }
    defer { tape.forget(output, .attention) }
    return tape.scaledResidual(residual, output, layerScale: nil, residualScale: residualScale)
  }

  /// The projection with its queries, keys and values normed; itself when none is.
  private func normingHeads(_ projected: Tensor, _ tape: Tape) -> Tensor {
    let norms = [queryNorm, keyNorm, valueNorm]
    guard norms.contains(where: { $0 != nil }) else { return projected }
    let ofRows = norms.map { ($0 as? any RowwiseNorm)?.rowNorm(tape) }
    if zip(norms, ofRows).allSatisfy({ $0 == nil || $1 != nil }) {
      return tape.normedHeads(projected, headCount: headCount, ofRows)
    }
    let parts = zip(tape.splitHeads(projected, headCount: headCount), norms)
      .map { part, norm in norm?(part, tape) ?? part }
    return tape.joinHeads(parts)
  }

  private func scalingHeads(_ x: Tensor, _ tape: Tape) -> Tensor {
    headScale.map { tape.scaledChannels(x, by: tape($0)) } ?? x
  }
}
