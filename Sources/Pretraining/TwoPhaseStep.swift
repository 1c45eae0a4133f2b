import Tensors

/// The two phases of a step whose loss compares samples, on one lane and several passes (Gao et al., 2021).
///
/// Features of all passes are computed as constants; loss and heads run once on them; the encoder runs again, a pass at a
/// time, and goes back from the gradients of its features. Memory is that of one pass, the features and the images; the gradients are
/// those of one pass over everything, because every random choice belongs to its sample.
struct TwoPhaseStep {
  let objective: any BatchObjective
  let lane: Lane
  let share: LaneShare

  /// Runs forward and backward on the lane's share in parts, which count from its start; returns its part of the loss.
  func run(
    _ batch: any StepSamples, parts: [Range<Int>], beforeLast: (_ loss: Double) -> GradientTaker?
  ) -> Double {
    func samples(_ part: Range<Int>) -> MicroBatch {
      batch.microBatch(share.samples(in: part), pool: lane.pool)
    }
    let weight = Double(share.samples.count) / Double(batch.count)
    let identity = batch.identity[share.samples]
    var targets: [[Tensor]] = []
    var features: [[Tensor]] = []
    for part in parts {
      let some = samples(part)
      let tape = lane.tape(share.context(for: some.identity), recordsGradients: false)
      targets.append(objective.targets(some, tape))
      features.append(objective.features(some, tape))
    }
    let tape = lane.tape(share.context(for: identity))
    let variables = joined(features, tape).map { tape.variable($0) }
    features = []
    let loss = objective.loss(features: variables, targets: joined(targets, tape), identity, tape)
    targets = []
    let laneLoss = Double(loss.scalar) * weight
    tape.backward(from: loss, seed: Scalar(weight))
    let gradients = variables.map { tape.gradient(of: $0) ?? tape.zeros($0.shape) }
    for (pass, part) in parts.enumerated() {
      let some = samples(part)
      let tape = lane.tape(share.context(for: some.identity))
      let outputs = objective.features(some, tape)
      let taker = pass == parts.count - 1 ? beforeLast(laneLoss) : nil
      tape.backward(from: outputs, gradients: gradients.map { $0.slice(part) }, handingTo: taker)
    }
    return laneLoss
  }

  /// The features of all parts one after the other, kind by kind.
  private func joined(_ parts: [[Tensor]], _ tape: Tape) -> [Tensor] {
    (parts.first ?? []).indices.map { kind in tape.concatenated(parts.map { $0[kind] }) }
  }
}
