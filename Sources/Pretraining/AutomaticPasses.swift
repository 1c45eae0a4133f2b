import Platform
import Tensors
import VisionTransformer

/// The passes that a lane splits its share of a batch into unless told otherwise.
public enum AutomaticPasses {
  /// The passes of an objective on images that are seen in `views`.
  public static func count(
    batch: Int, lanes: Int, of objective: any Objective, views: [PatchGrid], _ encoder: VisionTransformer
  ) -> Int {
    guard objective.plan.batchObjective != nil else { return count(batch: batch, lanes: lanes, encoder) }
    return count(
      batch: batch, lanes: lanes, patchesOfViews: views.reduce(0) { $0 + $1.count }, encoder)
  }

  /// For losses that take each sample for itself: as many as leave four times the width of patches in each, 1024 at the
  /// least; 1 when norms go by the whole batch.
  ///
  /// Activations grow with patches × width and gradients, which lanes hold from pass to pass, with width²: passes of
  /// that size weigh several times the gradients, and their products are large enough to run at full speed. The
  /// memory of a step so does not depend on the batch.
  public static func count(batch: Int, lanes: Int, _ encoder: VisionTransformer) -> Int {
    guard !encoder.recipe.usesBatchStatistics else { return 1 }
    let configuration = encoder.configuration
    let patches = (batch + lanes - 1) / lanes * configuration.grid.count
    return min(max(1, patches / max(1024, 4 * configuration.width)), 1024)
  }

  /// For losses that compare samples, whose further passes cost a forward pass: as few as keep the activations of all
  /// lanes within `bytes`.
  public static func count(
    batch: Int, lanes: Int, patchesOfViews: Int, _ encoder: VisionTransformer,
    within bytes: Int = MachineCapacity.memoryBytes / 4
  ) -> Int {
    guard !encoder.recipe.usesBatchStatistics else { return 1 }
    let configuration = encoder.configuration
    // A token keeps about 12 values of its width a block, and an MLP's hidden layer of four times the width: with gelu
    // before the function, with others behind it too.
    let activation = configuration.activation
    let hidden = activation == .gelu ? 4 : 4 * (activation.inputsPerOutput + 1)
    let ofPatch =
      4 * (12 + hidden) * configuration.width * configuration.depth * max(1, configuration.branchCount)
    let share = (batch + lanes - 1) / lanes
    let ofSample = patchesOfViews * ofPatch * lanes
    return min(max(1, (share * ofSample + bytes - 1) / max(1, bytes)), share)
  }
}
