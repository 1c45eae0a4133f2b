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

  /// (P − 1)/P where every patch has texture: what the loss is when all predictions are 0.
  @Test(arguments: [3, 16, 37]) func eachPatchsMean(count: Int) throws {
    let (objective, store) = try autoencoder(normalized: true)
    let batch = batch(.random([count, 12, 12], seed: 4))
    let baseline = try #require(objective.trivialLoss(for: batch, batchSize: batch.count))
    #expect(abs(baseline.value - 11.0 / 12) <= 1e-4)
    for name in ["decoder_pred.weight", "decoder_pred.bias"] {
      let parameter = try #require(store[name])
      parameter.assign([Scalar](repeating: 0, count: parameter.value.count))
    }
    let loss = objective.loss(batch, Tape(mode: .evaluating))
    #expect(relativeError([Double(loss.scalar)], [baseline.value]) <= bound(single: 1e-6, double: 1e-12))
  }

  /// Plain patches have no texture to miss.
  @Test func plainPatchesLowerIt() throws {
    let (objective, _) = try autoencoder(normalized: true)
    let plain = batch(Tensor(shape: [4, 12, 12], repeating: 0.5))
    #expect(objective.trivialLoss(for: plain, batchSize: plain.count)?.value == 0)
  }

  @Test func theMeanPatch() throws {
    let (objective, _) = try autoencoder(normalized: false)
    let batch = batch(.random([21, 12, 12], seed: 4))
    let baseline = try #require(objective.trivialLoss(for: batch, batchSize: batch.count))
    let masked = Tape(mode: .evaluating).gather(
      batch.patches, indices: objective.mask(for: batch.identity).masked)
    let values = masked.values.map { Double($0) }
    let wanted = (0..<12).reduce(0.0) { sum, pixel in
      let column = stride(from: pixel, to: values.count, by: 12).map { values[$0] }
      let mean = column.reduce(0, +) / Double(column.count)
      return sum + column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    #expect(relativeError([baseline.value], [wanted / Double(values.count)]) <= 1e-9)
  }

  @Test func guessing() {
    #expect(TrivialLoss.guessing(among: 196, "positions")?.value == log(196))
    #expect(TrivialLoss.guessing(among: 7, "views")?.meaning == "guessing among 7 views")
    #expect(TrivialLoss.guessing(among: 1, "views") == nil)
  }

  /// Of absolute errors too: SimMIM's, of the mean patch.
  @Test func theMeanPatchOfAbsoluteErrors() throws {
    let model = try ComparingModel("simMIM")
    let objective = try #require(model.objective as? SimMIM)
    let batch = model.batch(5, views: 1)
    let baseline = try #require(objective.trivialLoss(for: batch, batchSize: batch.count))
    let masked = Tape(mode: .evaluating).gather(
      batch.patches, indices: objective.mask(for: batch.identity).masked)
    let (values, width) = (masked.values.map { Double($0) }, masked.width)
    let means = (0..<width).map { pixel in
      let column = stride(from: pixel, to: values.count, by: width).map { values[$0] }
      return column.reduce(0, +) / Double(column.count)
    }
    let wanted = values.indices.reduce(0) { $0 + abs(values[$1] - means[$1 % width]) } / Double(values.count)
    #expect(relativeError([baseline.value], [wanted]) <= 1e-9)
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
    let batch = model.batch(8, views: model.objective is any BatchObjective ? 2 : 1)
    let baseline = try #require(model.objective.trivialLoss(for: batch, batchSize: batch.count))
    let loss = Double(model.objective.loss(batch, Tape(mode: .training)).scalar)
    #expect(abs(loss - baseline.value) <= tolerance * baseline.value, "\(loss), \(baseline)")
  }
}
