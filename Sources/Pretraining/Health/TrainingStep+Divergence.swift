import Tensors

extension TrainingStep {
  /// Names the first layer whose output, or else the last parameter whose gradient, is not finite.
  public func firstNonFinite(
    in samples: any StepSamples, _ progress: TrainingProgress = TrainingProgress()
  ) -> String {
    for parameter in parameters where !parameter.value.isFinite { return "the weights of \(parameter.name)" }
    let pool = BufferPool()
    let batch = objectivePlan.prepared(samples, progress).microBatch(0..<samples.count, pool: pool)
    if batch.views.contains(where: { !$0.patches.isFinite }) { return "the input pixels" }
    var found: ObservationSite?
    let observer = PassObserver(onResult: { if found == nil && !$1.isFinite { found = $0 } })
    let tape = Tape(
      PassContext(.training, samples: batch.identity, progress: progress), recordsGradients: false,
      observer: observer, pool: pool)
    _ = objective.loss(batch, tape)
    if let found { return "the output of \(found)" }
    let broken = parameters.last { parameter in gradients(of: parameter).contains { !$0.isFinite } }
    return broken.map { "the gradient of \($0.name)" } ?? "the loss"
  }
}
