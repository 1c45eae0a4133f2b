import Datasets
import Imaging
import Platform
import Tensors
import VisionTransformer

/// What a run will have of the memory at its worst, in bytes.
public struct MemoryEstimate: Sendable, Equatable {
  /// Weights, a teacher's among them, the state of the optimiser and averages.
  public let state: Int
  /// What all lanes hold in the middle of a pass, gradients that wait for the update among it.
  public let passes: Int
  /// Batches that wait.
  public let batches: Int

  /// All of it, with the program itself.
  public var total: Int { Self.program + state + passes + batches }

  /// Code, libraries and threads, measured.
  private static let program = 90 << 20
}

extension TrainingPlan {
  /// Patches of the larger of two trials. Memory grows evenly with the samples of a pass: two small passes tell a large one.
  private static let trialPatches = 1024

  /// What training will have of the memory; takes as long as a pass of about a thousand patches on one lane, and leaves
  /// no trace in the plan.
  public func estimateMemory() -> MemoryEstimate {
    let scalar = MemoryLayout<Scalar>.stride
    let lanes = resolved.lanes
    let share = (recipe.train.batchSize + lanes - 1) / lanes
    let samples = (share + resolved.passes - 1) / resolved.passes
    let patches = max(1, pipelines.reduce(0) { $0 + recipe.model.grid($1).count })
    let most = min(samples, max(2, Self.trialPatches / patches))
    let least = (most + 1) / 2
    let atMost = trial(samples: most)
    let ofSample = most > least ? max(0, atMost - trial(samples: least)) / (most - least) : 0
    // With clipping the gradients of all lanes wait for the norm; without, those of about one lane wait for the others.
    let waiting = step.clips ? lanes : min(1, lanes - 1)
    let gradients = waiting * step.parameters.reduce(0) { $0 + $1.value.count } * scalar
    let ofImage = pipelines.reduce(0) { $0 + $1.height * $1.width * $1.channels }
    // Measuring the features reads the patches of some samples at once.
    let looked = recipe.train.featureSteps > 0 ? min(FeatureProbe.sampleCount, recipe.train.batchSize) : 0
    return MemoryEstimate(
      state: state.tensors.reduce(0) { $0 + $1.tensor.count } * scalar,
      passes: lanes * (atMost + (samples - most) * ofSample) + gradients + looked * ofImage * scalar,
      batches: (1 + TrainingLoader.batchesAhead(of: recipe.train.batchSize, recipe.data.loading))
        * recipe.train.batchSize * ofImage)
  }

  /// Bytes that a pass of one lane takes, forwards and backwards, on samples without content.
  private func trial(samples count: Int) -> Int {
    let pool = BufferPool()
    let progress = progress(before: 1)
    let blank = Tape(.evaluating, pool: pool)
    let views = pipelines.map { pipeline in
      let grid = recipe.model.grid(pipeline)
      return MicroBatch.View(blank.zeros([count, grid.count, grid.width]), grid: grid)
    }
    let empty = MicroBatch(
      views: views, labels: objective.plan.classNames == nil ? [] : Array(repeating: 0, count: count),
      identity: SampleIdentity(seed: 0, epoch: 0, indices: Array(0..<count)))
    let samples = objective.plan.prepared(empty, progress).microBatch(0..<count, pool: pool)
    let gradients = ParameterGradients()
    let tape = Tape(
      PassContext(
        .training, samples: samples.identity, progress: progress, collective: Unheard(),
        recompute: recipe.train.recompute), gradients: gradients, pool: pool)
    tape.backward(from: objective.loss(samples, tape)) { _, _ in }
    gradients.handOver { _, _ in }
    return pool.bytes
  }
}

extension VisionTransformerConfiguration {
  fileprivate func grid(_ pipeline: AugmentationPipeline) -> PatchGrid {
    grid(height: pipeline.height, width: pipeline.width)
  }
}

/// A step's only participant, whom nobody hears: it does not lead, so that nothing is learnt from what it does.
private struct Unheard: Collective {
  let rank = 1
  let count = 2
  func allReduce(_ values: inout [Double]) {}
  func allGather(_ values: [Scalar]) -> [[Scalar]] { [[], values] }
  func reduceScatter(_ parts: [[Scalar]]) -> [Scalar] { parts[rank] }
}
