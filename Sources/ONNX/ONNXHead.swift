import Tensors

/// What makes probabilities of classes: a trained classifier, as far as an export asks.
public struct ONNXHead {
  /// The names of the classes, in the order of their probabilities.
  public let classNames: [String]
  /// Unnormalised log-probabilities [B, classes] of patches [B, L, P·P·C], whose softmax are the probabilities.
  let logits: (_ patches: Tensor, Tape) -> Tensor

  /// Describes a classifier.
  public init(classNames: [String], logits: @escaping (_ patches: Tensor, Tape) -> Tensor) {
    self.classNames = classNames
    self.logits = logits
  }
}
