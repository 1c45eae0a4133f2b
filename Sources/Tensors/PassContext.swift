/// What layers and losses know of the pass that they are in. It is made for one micro-batch and the same for all that
/// it runs through.
public struct PassContext: Sendable {
  /// Whether layers behave as in training (drop path, batch statistics) or as in use.
  public enum Mode: Sendable {
    case training, evaluating
  }

  /// How layers behave.
  public let mode: Mode
  /// Whose random numbers layers draw; nil where no layer draws any.
  public let samples: SampleIdentity?
  /// How far the training is, for layers that change with time.
  public let progress: TrainingProgress
  /// What joins this participant of the step to the others; nil when this pass has the whole batch.
  public let collective: (any Collective)?
  /// Which intermediate results the backward pass computes again instead of keeping them.
  public let recompute: Recompute

  /// In training, at its start, where layers draw nothing.
  public static let training = PassContext(.training)
  /// In use.
  public static let evaluating = PassContext(.evaluating)

  /// Describes a pass; by default one over a whole batch, at the start of a training, whose layers draw nothing.
  public init(
    _ mode: Mode, samples: SampleIdentity? = nil, progress: TrainingProgress = TrainingProgress(),
    collective: (any Collective)? = nil, recompute: Recompute = .none
  ) {
    self.mode = mode
    self.samples = samples
    self.progress = progress
    self.collective = collective
    self.recompute = recompute
  }
}
