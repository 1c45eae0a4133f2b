import Foundation
import Platform
import Tensors
import VisionTransformer

/// Looks at the features of a step's batch before the step, in evaluating mode; training goes on to the same bits.
///
/// Features are those of the trained encoder, pooled as its configuration says, from the views of the encoder's size, or
/// else the first view. Where there are two such views they are the positive pairs of alignment. Where there is one, an
/// image's pair is the same view encoded twice, from two disjoint halves of its patches that are drawn at random; that is
/// done for a quarter of the samples, because it costs as much for each as its features do.
package struct FeatureProbe {
  /// Samples looked at, at most.
  package static let sampleCount = 256
  /// Patches of a forward pass, so that its memory stays below that of a training step whatever the size of images.
  private static let passPatchCount = 8192
  /// Samples whose teacher is asked.
  private static let teacherSampleCount = 8
  /// What separates the halves' draws from the objective's masks.
  private static let halvesVariant = 4095

  private let objective: any Objective
  private let encoder: VisionTransformer
  private let trainer: TrainingStep

  /// Prepares measurements of an encoder that `trainer` trains.
  package init(objective: any Objective, encoder: VisionTransformer, trainer: TrainingStep) {
    self.objective = objective
    self.encoder = encoder
    self.trainer = trainer
  }

  /// How the features of a batch fare.
  package func measure(_ batch: any StepSamples, _ progress: TrainingProgress) -> FeatureHealth {
    var health = FeatureHealth()
    let samples = batch.microBatch(0..<min(Self.sampleCount, batch.count), pool: trainer.lanes[0].pool)
    let own = samples.views.filter { ($0.grid ?? encoder.configuration.grid) == encoder.configuration.grid }
    let view = own.first ?? samples.views[0]
    let features = self.features(of: view, progress)
    (health.samples, health.width) = (features.count, features.width)
    health.featureStd = finite(features.directionSpread)
    health.rankMe = features.rankMe.flatMap(finite)
    health.uniformity = features.uniformity.flatMap(finite)
    let pair =
      own.count > 1 ? (features, self.features(of: own[1], progress)) : halves(of: view, samples, progress)
    health.alignment = pair.flatMap { finite($0.0.alignment(with: $0.1)) }
    if trainer.objectivePlan.teacher != nil { askTeacher(of: samples, progress, into: &health) }
    health.baseline = trainer.objectivePlan.trivialLoss(samples, batch.count).flatMap {
      $0.value.isFinite ? $0 : nil
    }
    return health
  }

  /// Pooled features [n, D] of all patches of a view, or of those at `places`, K a sample.
  private func features(
    of view: MicroBatch.View, places: [Int32]? = nil, _ progress: TrainingProgress
  ) -> FeatureMatrix {
    let count = view.patches.shape[0]
    let passSize = max(1, Self.passPatchCount / view.patches.shape[1])
    let values = trainer.evaluating(count, progress) { [encoder] range, tape in
      stride(from: range.lowerBound, to: range.upperBound, by: passSize).flatMap { start in
        let part = start..<min(start + passSize, range.upperBound)
        let chosen = places.map { places in
          Array(places[part.lowerBound * places.count / count..<part.upperBound * places.count / count])
        }
        let selection = PatchSelection(patchIndices: chosen, grid: view.grid)
        let tokens = encoder.encode(view.patches.slice(part), selection, tape)
        return encoder.pooled(tokens, tape).values.map { Double($0) }
      }
    }
    return FeatureMatrix(values, width: encoder.configuration.width)
  }

  /// Features of both halves of the patches of some samples; nil where an image is one patch.
  private func halves(
    of view: MicroBatch.View, _ samples: MicroBatch, _ progress: TrainingProgress
  ) -> (FeatureMatrix, FeatureMatrix)? {
    let count = (samples.count + 3) / 4
    let patchCount = view.patches.shape[1]
    let half = patchCount / 2
    guard half > 0 else { return nil }
    let orders = (0..<count).map { row in
      var random = samples.identity.stream(.mask, row: row, variant: Self.halvesVariant)
      return random.permutation(patchCount)
    }
    let some = MicroBatch.View(view.patches.slice(0..<count), grid: view.grid)
    return (
      features(of: some, places: orders.flatMap { $0[..<half] }, progress),
      features(of: some, places: orders.flatMap { $0[half..<2 * half] }, progress)
    )
  }

  /// The entropy of what the objective shows as `.teacherProbabilities`, [rows, K], and what it shows as `.distillation`, in a
  /// pass that records nothing.
  private func askTeacher(
    of samples: MicroBatch, _ progress: TrainingProgress, into health: inout FeatureHealth
  ) {
    let few = samples.slice(0..<min(Self.teacherSampleCount, samples.count))
    var (entropy, rows, outputs) = (0.0, 0, 0)
    var distance: Double?
    let observer = PassObserver(onResult: { site, result in
      if site == .distillation { distance = Double(result.scalar) }
      guard site == .teacherProbabilities else { return }
      entropy += result.values.reduce(0) { $1 > 0 ? $0 - Double($1) * log(Double($1)) : $0 }
      rows += result.rows
      outputs = result.width
    })
    let tape = Tape(
      PassContext(.training, samples: few.identity, progress: progress), recordsGradients: false,
      observer: observer, pool: trainer.lanes[0].pool)
    _ = objective.loss(few, tape)
    health.distillation = distance.flatMap(finite)
    guard rows > 0 else { return }
    health.teacherEntropy = finite(entropy / Double(rows))
    health.teacherOutputs = outputs
  }
}

private func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
