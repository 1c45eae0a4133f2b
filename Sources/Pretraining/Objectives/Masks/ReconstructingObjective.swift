import Tensors

/// A masked objective that predicts pixels, so that pictures of what it makes of an image can be drawn.
public protocol ReconstructingObjective: MaskedObjective {
  /// Predictions of all patches [B, L, P·P·C] under a given mask, in the units of the target.
  func predictions(_ patches: Tensor, _ mask: PatchMask, _ tape: Tape) -> Tensor

  /// Whether predictions are of patches that are normalised one by one.
  var normalizesPixels: Bool { get }
}
