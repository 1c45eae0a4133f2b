import Tensors

/// The two phases of a step whose loss compares samples, on one lane and several passes (Gao et al., 2021).
///
/// Features of all passes are computed as constants; loss and heads run once on them; the encoder runs again, a pass at a
/// time, and goes back from the gradients of its features. Memory is that of one pass, the features and the images; the gradients are
/// those of one pass over everything, because every random choice belongs to its sample.
struct TwoPhaseStep {
  let objective: any BatchObjective
  let tape: Tape

  /// Runs forward and backward on a lane's share in parts, which count from its start; returns its part of the loss.
  func run(
    _ batch: any StepSamples, _ share: Range<Int>, parts: [Range<Int>], beforeLast: (_ loss: Double) -> Void
  ) -> Double {
    func samples(_ part: Range<Int>) -> MicroBatch {
      let range = share.lowerBound + part.lowerBound..<share.lowerBound + part.upperBound
      return batch.microBatch(range, pool: tape.pool)
    }
    let weight = Double(share.count) / Double(batch.count)
    let identity = batch.identity[share]
    var targets: [[Tensor]] = []
    var features: [[Tensor]] = []
    tape.withoutRecording {
      for part in parts {
        let some = samples(part)
        tape.samples = some.identity
        targets.append(objective.targets(some, tape))
        features.append(objective.features(some, tape))
      }
    }
    tape.samples = identity
    let variables = joined(features).map { tape.variable($0) }
    features = []
    let loss = objective.loss(features: variables, targets: joined(targets), identity, tape)
    targets = []
    let laneLoss = Double(loss.scalar) * weight
    tape.backward(from: loss, seed: Scalar(weight))
    let gradients = variables.map { tape.gradient(of: $0) ?? tape.zeros($0.shape) }
    for (pass, part) in parts.enumerated() {
      let some = samples(part)
      tape.samples = some.identity
      let outputs = objective.features(some, tape)
      if pass == parts.count - 1 { beforeLast(laneLoss) }
      tape.backward(from: outputs, gradients: gradients.map { $0.slice(part) })
    }
    return laneLoss
  }

  /// The features of all parts one after the other, kind by kind.
  private func joined(_ parts: [[Tensor]]) -> [Tensor] {
    (parts.first ?? []).indices.map { kind in tape.concatenated(parts.map { $0[kind] }) }
  }
}
