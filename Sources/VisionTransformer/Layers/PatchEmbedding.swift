import Tensors

/// Linear projection of flattened patches, with norms before and after it (Dual PatchNorm, Kumar et al., 2023).
public struct PatchEmbedding: Sendable {
  private let before, after: (any Norm)?
  private let projection: Linear

  /// Declares `pre_norm`, `proj` and `norm` as `patchNorm` asks; `patchWidth` is P·P·C.
  public init(patchWidth: Int, width: Int, patchNorm: PatchNorm, recipe: LayerRecipe, scope: ParameterScope) {
    let (hasBefore, hasAfter) =
      switch patchNorm {
      case .none: (false, false)
      case .pre: (true, false)
      case .post: (false, true)
      case .dual: (true, true)
      }
    before =
      hasBefore ? recipe.norm(NormSite(.patchPixels, width: patchWidth), scope: scope["pre_norm"]) : nil
    projection = Linear(
      .patchEmbedding, inputs: patchWidth, outputs: width, by: recipe.initializer, scope: scope["proj"])
    after = hasAfter ? recipe.norm(NormSite(.patchEmbedding, width: width), scope: scope["norm"]) : nil
  }

  /// patches [B, K, P·P·C] → [B, K, D]. Each patch is on its own: masking before or after gives the same, unless a norm
  /// goes by the statistics of the batch.
  public func callAsFunction(_ patches: Tensor, _ tape: Tape) -> Tensor {
    let normed = before?(patches, tape) ?? patches
    let embedded = projection(normed, tape)
    return after?(embedded, tape) ?? embedded
  }
}
