import Tensors

/// An objective whose loss compares samples with each other, over all lanes.
///
/// A step has two phases. Encoders run on parts of a lane's share; the loss runs once on the features of the whole share,
/// and joins the other lanes through `PassContext.collective`. So the loss is that of the whole batch whatever the lanes and
/// passes. With several passes the features are computed twice: first as constants, then, when their gradients are
/// known, a part at a time (Gao et al., 2021).
public protocol BatchObjective: Objective {
  /// What the loss wants of samples that no gradient goes through, such as a teacher's features; computed once a step,
  /// with recording off. Tensors [b, …]; none by default.
  func targets(_ batch: MicroBatch, _ tape: Tape) -> [Tensor]

  /// What the loss wants of samples, each on its own: tensors [b, …], of shapes that the batch alone decides.
  func features(_ batch: MicroBatch, _ tape: Tape) -> [Tensor]

  /// The scalar loss of a lane's share, a mean over its samples, each against the samples of all lanes.
  func loss(features: [Tensor], targets: [Tensor], _ identity: SampleIdentity, _ tape: Tape) -> Tensor
}

extension BatchObjective {
  /// No targets.
  public func targets(_ batch: MicroBatch, _ tape: Tape) -> [Tensor] { [] }

  /// Both phases on one tape.
  public func loss(_ batch: MicroBatch, _ tape: Tape) -> Tensor {
    let targets = tape.withoutRecording { self.targets(batch, tape) }
    let loss = loss(features: features(batch, tape), targets: targets, batch.identity, tape)
    tape.observe(.loss, loss)
    return loss
  }
}
