import Tensors

/// The stem on flattened patches, with norms before and after it (Dual PatchNorm, Kumar et al., 2023).
///
/// With the hMLP stem, whose own two norms always stand, `post` is the norm after its last projection: the published
/// stem has it. `pre` norms the pixels of the whole patch before any are projected.
public struct PatchEmbedding: Sendable {
  private let before, after: (any Norm)?
  private let stream: StreamForm
  private let stem: Projection

  private enum Projection: Sendable {
    case linear(Linear)
    case hMLP(HierarchicalStem)
  }

  /// Declares `pre_norm`, `proj` and `norm` as `stem` and `patchNorm` ask.
  ///
  /// A norm after the projection sees all of `width`; its output is brought into the form of the stream.
  public init(
    grid: PatchGrid, width: Int, stream: StreamForm = .full, stem: Stem, patchNorm: PatchNorm,
    recipe: LayerRecipe, scope: ParameterScope
  ) {
    self.stream = stream
    before =
      patchNorm.isBefore
      ? recipe.norm(NormSite(.patchPixels, width: grid.width), scope: scope["pre_norm"]) : nil
    let outputs = patchNorm.isAfter ? width : stream.streamWidth(width)
    self.stem =
      switch stem {
      case .linear:
        .linear(
          Linear(
            .patchEmbedding, inputs: grid.width, outputs: outputs, by: recipe.initializer,
            scope: scope["proj"].at(.stem))
        )
      case .hMLP:
        .hMLP(
          HierarchicalStem(
            grid: grid, width: width, outputs: outputs, recipe: recipe,
            scope: scope["proj"].at(.stem)))
      }
    after =
      patchNorm.isAfter ? recipe.norm(NormSite(.patchEmbedding, width: width), scope: scope["norm"]) : nil
  }

  /// patches [B, K, P·P·C] → [B, K, stream width]. Each patch is on its own: masking before or after gives the same, unless a norm
  /// goes by the statistics of the batch.
  public func callAsFunction(_ patches: Tensor, _ tape: Tape) -> Tensor {
    let normed = before?(patches, tape) ?? patches
    let embedded =
      switch stem {
      case .linear(let projection): projection(normed, tape)
      case .hMLP(let stem): stem(normed, tape)
      }
    guard let after else { return embedded }
    return stream(after(embedded, tape), tape)
  }
}
