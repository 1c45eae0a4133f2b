import Tensors

/// Takes a parameter's gradient of one lane as soon as it is complete.
typealias GradientTaker = (_ parameter: Parameter, _ gradient: Tensor?) -> Void

/// What one lane has of a step: its samples, and what all its passes know alike.
struct LaneShare {
  /// The samples, by their numbers in the batch.
  let samples: Range<Int>
  let progress: TrainingProgress
  /// What joins the lane to the others that have samples; nil for a lane without.
  let collective: (any Collective)?
  let recompute: Recompute

  /// The share in parts that count from its start, one a pass, none of them empty.
  func parts(_ passes: Int) -> [Range<Int>] {
    (0..<passes).map { LaneTeam.range(of: $0, lanes: passes, total: samples.count) }.filter { !$0.isEmpty }
  }

  /// The samples of a part, by their numbers in the batch.
  func samples(in part: Range<Int>) -> Range<Int> {
    samples.lowerBound + part.lowerBound..<samples.lowerBound + part.upperBound
  }

  /// What a training pass on some of the samples knows.
  func context(for identity: SampleIdentity) -> PassContext {
    PassContext(
      .training, samples: identity, progress: progress, collective: collective, recompute: recompute)
  }
}
