import Tensors

extension TrainingStep {
  /// Names the first layer whose output, or else the last parameter whose gradient, is not finite.
  public func firstNonFinite(in samples: any StepSamples) -> String {
    for parameter in parameters where !parameter.value.isFinite { return "the weights of \(parameter.name)" }
    let tape = Tape(mode: .training, recordsGradients: false)
    let prepared = objective.prepared(samples, lanes[0].tape.progress)
    let batch = prepared.microBatch(0..<samples.count, pool: tape.pool)
    if batch.views.contains(where: { !$0.patches.isFinite }) { return "the input pixels" }
    tape.samples = batch.identity
    tape.progress = lanes[0].tape.progress
    var found: String?
    tape.observer = { name, tensor in if found == nil && !tensor.isFinite { found = name } }
    _ = objective.loss(batch, tape)
    if let found { return "the output of \(found)" }
    let broken = parameters.last { parameter in gradients(of: parameter).contains { !$0.isFinite } }
    return broken.map { "the gradient of \($0.name)" } ?? "the loss"
  }
}
