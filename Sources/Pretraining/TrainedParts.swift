import Tensors
import VisionTransformer

/// Which parameters of an encoder are trained.
public enum TrainedParts: String, Codable, Sendable, CaseIterable {
  /// All.
  case full
  /// None: the objective's own parameters alone.
  case head
  /// Gains and biases of all norms, those around the patch projection among them.
  case norms
  /// All of every attention: projections, and norms inside.
  case attention

  /// Keeps the others of the encoder's parameters as they are.
  public func freeze(_ encoder: VisionTransformer) {
    for parameter in encoder.ownParameters {
      let isTrained =
        switch self {
        case .full: true
        case .head: false
        case .norms: parameter.site.norm != nil
        case .attention: parameter.site.sublayer == .attention && parameter.site.isInsideSublayer
        }
      if !isTrained { parameter.isTrainable = false }
    }
  }
}
