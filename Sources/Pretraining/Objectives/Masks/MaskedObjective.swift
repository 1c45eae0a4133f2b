import Tensors

/// An objective that hides a part of the patches: what it hides is drawn for each sample, or given.
public protocol MaskedObjective: Objective {
  /// The mask that training draws for these samples.
  func mask(for identity: SampleIdentity) -> PatchMask

  /// The loss of patches [B, L, P·P·C] under a given mask.
  func loss(_ patches: Tensor, _ mask: PatchMask, _ tape: Tape) -> Tensor
}

extension MaskedObjective {
  /// The loss under masks that are drawn.
  public func loss(_ batch: MicroBatch, _ tape: Tape) -> Tensor {
    loss(batch.patches, mask(for: batch.identity), tape)
  }
}
