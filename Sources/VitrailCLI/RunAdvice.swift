import Platform
import Pretraining

/// What can be known of a run before its first step and is better known then than after hours.
struct RunAdvice {
  let plan: TrainingPlan
  let imageCount: Int
  let memory: MemoryEstimate
  var memoryLimit = MachineCapacity.memoryBytes

  /// Refuses what clearly cannot be carried out.
  ///
  /// - Throws: `Failure` when the memory that the run will have is clearly more than there is.
  func check() throws(Failure) {
    guard Double(memory.total) > 1.25 * Double(memoryLimit) else { return }
    throw Failure(
      "a run that takes about \(ByteCount(memory.total)), where this process may have \(ByteCount(memoryLimit))",
      at:
        "train.batchSize: \(plan.recipe.train.batchSize), \(plan.resolved.passes) passes a step, model of width \(plan.encoder.configuration.width)",
      mend: memoryRemedy)
  }

  /// A sentence for each setting that will hardly give what is wanted.
  var lines: [String] { [batch, warmup, tightMemory].compactMap(\.self) }

  private var memoryRemedy: String {
    "lower train.batchSize, raise train.accumulation, set train.recompute: block, use fewer --lanes, or a smaller model"
  }

  private var batch: String? {
    let size = plan.recipe.train.batchSize
    guard size > imageCount else { return nil }
    return
      "a batch of \(size) is more than the \(imageCount) images there are: it repeats images, and every epoch is one step. "
      + "--set train.batchSize=\(max(1, imageCount / 4)) makes an epoch of several"
  }

  private var warmup: String? {
    guard !plan.recipe.train.isUnmeasured, let warmup = plan.recipe.train.warmupEpochs else { return nil }
    let epochs = Double(plan.totalSteps) / Double(plan.stepsPerEpoch)
    guard warmup > epochs else { return nil }
    return
      "a warm-up of \(plain(warmup)) epochs in a run of \(plain(epochs)): the learning rate never reaches its peak. "
      + "--set train.warmupEpochs=null takes a tenth of the run"
  }

  private var tightMemory: String? {
    guard Double(memory.total) > 0.8 * Double(memoryLimit) else { return nil }
    return
      "about \(ByteCount(memory.total)) of memory, of \(ByteCount(memoryLimit)) that this process may have: \(memoryRemedy)"
  }
}

/// A number with the digits that it needs, two after the point at most.
func plain(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : fixed(value, 2)
}
