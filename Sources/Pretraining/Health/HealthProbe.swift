import Platform
import Records
import Tensors

/// Looks at the blocks of a model around a training step.
///
/// Gradients are those that the step itself computes. Activations and attention are those of a forward pass of its
/// own, on the first samples of the batch and one lane, before the step. While it is alive it holds two copies of the
/// blocks' matrices: those before the first step and those before the last one looked at.
package final class HealthProbe {
  /// Samples that the forward pass takes.
  package static let sampleCount = 8

  private let objective: any Objective
  private let stacks: [BlockStack]
  private let initial: MatricesAtStart
  private let pool = BufferPool()
  private let before: [ObjectIdentifier: Tensor]

  /// Prepares measurements of a model whose blocks started from `initial`.
  package init(objective: any Objective, stacks: [BlockStack], initial: MatricesAtStart) {
    self.objective = objective
    self.stacks = stacks
    self.initial = initial
    before = Dictionary(
      uniqueKeysWithValues: stacks.flatMap { $0.matrices.joined() }.map { matrix in
        (ObjectIdentifier(matrix), Tensor(shape: matrix.shape))
      })
  }

  /// What was seen before a step, to be completed after it.
  package struct Measurement {
    fileprivate var health: DepthHealth
  }

  /// Looks at the blocks before a step on a batch.
  package func measure(_ batch: any StepSamples, _ progress: TrainingProgress) -> Measurement {
    var health = DepthHealth(step: progress.step + 1, rotationFrom: initial.origin, stacks: [:])
    for stack in stacks { health.stacks[stack.name] = StackHealth(depth: stack.blocks.count) }
    observeActivations(of: batch, progress, into: &health)
    for matrix in stacks.flatMap({ $0.matrices.joined() }) {
      before[ObjectIdentifier(matrix)]?.copy(matrix.value)
    }
    return Measurement(health: health)
  }

  /// How the blocks fared in the step that `trainer` took since the measurement.
  package func complete(_ measurement: Measurement, after trainer: TrainingStep) -> DepthHealth {
    var health = measurement.health
    for stack in stacks {
      health.stacks[stack.name]?[.gradientNorm] = stack.blocks.map { finite(trainer.gradientNorm(of: $0)) }
      compareWeights(of: stack, into: &health)
    }
    return health
  }

  private func observeActivations(
    of batch: any StepSamples, _ progress: TrainingProgress, into health: inout DepthHealth
  ) {
    let samples = batch.microBatch(0..<min(Self.sampleCount, batch.count), pool: pool)
    var stacks = health.stacks
    var entropies: [Double] = []
    var observer = PassObserver(onResult: { site, tokens in
      // A sequence begins: attentions so far were a teacher's.
      if site == .patchEmbedding(of: .encoder) { entropies = [] }
      guard case .block(let block, let stack, let owner) = site, owner != .teacher else { return }
      let (meanSquare, variance) = tokens.vectorMoments
      found(stack, block, meanSquare, variance)
    })
    observer.onAttention = { entropies.append($0.attentionEntropy(headCount: $1, keyCount: $2)) }
    func found(_ stack: String, _ block: Int, _ meanSquare: Double, _ variance: Double) {
      stacks[stack]?[.meanSquare]?[block] = finite(meanSquare)
      stacks[stack]?[.variance]?[block] = finite(variance)
      // The attentions of a block, several where it has branches, run before its output is known.
      stacks[stack]?[.attentionEntropy]?[block] = finite(entropies.reduce(0, +) / Double(entropies.count))
      entropies = []
    }
    let tape = Tape(
      PassContext(.training, samples: samples.identity, progress: progress), recordsGradients: false,
      observer: observer, pool: pool)
    _ = objective.loss(samples, tape)
    health.stacks = stacks
  }

  private func compareWeights(of stack: BlockStack, into health: inout DepthHealth) {
    for (block, matrices) in stack.matrices.enumerated() {
      var (update, rotation) = (TensorComparison(), TensorComparison())
      for matrix in matrices {
        if let earlier = before[ObjectIdentifier(matrix)] {
          update = update + matrix.value.compared(to: earlier)
        }
        if let first = initial.matrices[matrix.name] {
          rotation = rotation + matrix.value.compared(to: first)
        }
      }
      health.stacks[stack.name]?[.updateRatio]?[block] = finite(update.relativeDistance)
      health.stacks[stack.name]?[.rotation]?[block] = finite(rotation.rotation)
    }
  }
}

private func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
