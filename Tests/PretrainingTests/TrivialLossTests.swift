import Foundation
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Baselines of losses, against the losses of answers that do not look.
@Suite("Trivial losses")
struct TrivialLossTests {
  private func autoencoder(normalized: Bool) throws -> (MaskedAutoencoder, ParameterStore) {
    let store = ParameterStore(seed: 1)
    var configuration = VisionTransformerConfiguration()
    (configuration.width, configuration.depth, configuration.headCount) = (12, 1, 3)
    (configuration.imageHeight, configuration.imageWidth, configuration.patchSize) = (6, 8, 2)
    let encoder = try VisionTransformer(configuration, parameters: store)
    var options = MaskedAutoencoder.Options()
    options.normalizePixels = normalized
    return (try MaskedAutoencoder(encoder: encoder, options: options, at: "here"), store)
  }

  private func batch(_ patches: Tensor) -> MicroBatch {
    MicroBatch(
      patches: patches,
      identity: SampleIdentity(seed: 2, epoch: 1, indices: Array(0..<patches.shape[0])))
  }

  /// The masked patches of a batch and their places, normalised or not.
  private func targets(
    _ objective: some ReconstructingObjective, _ batch: MicroBatch
  ) -> [(place: Int, values: [Double])] {
    let masked = objective.mask(for: batch.identity).masked
    let wanted = Tape(.evaluating).gather(batch.patches, indices: masked)
    let target = objective.normalizesPixels ? normalizedPatches(wanted, pool: BufferPool()) : wanted
    let width = target.width
    return masked.indices.map { row in
      (Int(masked[row]), target.values[row * width..<(row + 1) * width].map { Double($0) })
    }
  }

  /// Σ over groups of the error to the group's mean, of squares with n − 1.
  private func meanError(
    _ targets: [(place: Int, values: [Double])], byPlace: Bool, _ error: (Double) -> Double, unbiased: Bool
  ) -> Double {
    let groups = Dictionary(grouping: targets) { byPlace ? $0.place : 0 }.values
    var total = 0.0
    for group in groups {
      let factor = unbiased && group.count > 1 ? Double(group.count) / Double(group.count - 1) : 1
      for pixel in group[0].values.indices {
        let mean = group.reduce(0) { $0 + $1.values[pixel] } / Double(group.count)
        total += factor * group.reduce(0) { $0 + error($1.values[pixel] - mean) }
      }
    }
    return total / Double(targets.count * targets[0].values.count)
  }

  /// Few samples have the mean of all patches, many that of each place.
  @Test(arguments: [3, 37], [true, false]) func theMeanPatch(count: Int, normalized: Bool) throws {
    let (objective, _) = try autoencoder(normalized: normalized)
    let batch = batch(.random([count, 12, 12], seed: 4, shift: 2))
    let baseline = try #require(objective.plan.trivialLoss(batch, count))
    let wanted = meanError(targets(objective, batch), byPlace: count > 20, { $0 * $0 }, unbiased: true)
    #expect(relativeError([baseline.value], [wanted]) <= 1e-9)
    #expect(baseline.meaning == "predicting the mean patch" + (count > 20 ? " of each place" : ""))
  }

  /// Of random patches nothing is known but that they are normalised.
  @Test func nothingIsKnownOfNoise() throws {
    let (objective, _) = try autoencoder(normalized: true)
    let noise = batch(.random([300, 12, 12], seed: 4))
    let baseline = try #require(objective.plan.trivialLoss(noise, 300))
    #expect(abs(baseline.value - 11.0 / 12) <= 0.01)
  }

  /// Images that are all alike are known at every place.
  @Test func copiesAreKnown() throws {
    let (objective, _) = try autoencoder(normalized: false)
    let one = Tensor.random([1, 12, 12], seed: 4).values
    let copies = batch(Tensor(shape: [40, 12, 12], values: (0..<40).flatMap { _ in one }))
    #expect(try #require(objective.plan.trivialLoss(copies, 40)).value <= 1e-12)
  }

  /// Of absolute errors too: SimMIM's.
  @Test func theMeanPatchOfAbsoluteErrors() throws {
    let model = try ComparingModel("simMIM")
    let objective = try #require(model.objective as? SimMIM)
    let batch = model.batch(40, views: 1)
    let baseline = try #require(objective.plan.trivialLoss(batch, 40))
    let wanted = meanError(targets(objective, batch), byPlace: true, abs, unbiased: false)
    #expect(relativeError([baseline.value], [wanted]) <= 1e-9)
  }

  @Test func guessing() {
    #expect(TrivialLoss.guessing(among: 196, "positions")?.value == log(196))
    #expect(TrivialLoss.guessing(among: 7, "views")?.meaning == "guessing among 7 views")
    #expect(TrivialLoss.guessing(among: 1, "views") == nil)
  }

  /// Before training all answers are nearly alike, or the head's are small: the loss is near its baseline.
  @Test(arguments: [
    (Choice("positionPrediction"), 0.05), (Choice("dropPos"), 0.5),
    (Choice("mocoV3", options: ["temperature": .number(100)]), 0.05),
    (Choice("dino", options: ["studentTemperature": .number(100)]), 0.01),
  ])
  func untrainedModelsGuess(_ objective: Choice, tolerance: Double) throws {
    let model = try ComparingModel(objective) {
      $0.positions = objective == "positionPrediction" ? .none : .learned
    }
    let batch = model.batch(8, views: model.objective.plan.batchObjective != nil ? 2 : 1)
    let baseline = try #require(model.objective.plan.trivialLoss(batch, batch.count))
    let loss = Double(model.objective.loss(batch, Tape(.training)).scalar)
    #expect(abs(loss - baseline.value) <= tolerance * baseline.value, "\(loss), \(baseline)")
  }
}
