import Tensors

/// Linear projection of flattened patches, with LayerNorms before and after it (Dual PatchNorm, Kumar et al., 2023).
///
/// They stay LayerNorms whatever the norm of the blocks: that is what the paper proposes and compares.
public struct PatchEmbedding: Sendable {
  private let before, after: LayerNorm?
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
      hasBefore ? LayerNorm(width: patchWidth, options: .init(), scope: scope["pre_norm"]) : nil
    projection = Linear(
      inputs: patchWidth, outputs: width,
      initial: recipe.initializer.weight(.patchEmbedding, outputs: width, inputs: patchWidth),
      scope: scope["proj"])
    after = hasAfter ? LayerNorm(width: width, options: .init(), scope: scope["norm"]) : nil
  }

  /// patches [B, K, P·P·C] → [B, K, D]. Each patch is on its own: masking before or after gives the same.
  public func callAsFunction(_ patches: Tensor, _ tape: Tape) -> Tensor {
    let normed = before?(patches, tape) ?? patches
    let embedded = projection(normed, tape)
    return after?(embedded, tape) ?? embedded
  }
}
