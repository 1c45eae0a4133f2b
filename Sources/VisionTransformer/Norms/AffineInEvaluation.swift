import Tensors

/// A norm that in evaluation is an affine map of each token, so that it can be folded into the linear layers that
/// read it.
public protocol AffineInEvaluation: Norm {
  /// The map that it is with its present statistics.
  var affineMap: AffineMap { get }
  /// Whether it is one already: statistics that training has yet to freeze make it none.
  var isAffineNow: Bool { get }
}

extension AffineInEvaluation {
  /// Most are from the start.
  public var isAffineNow: Bool { true }
}

/// y = scale∘(x − mean x) + shift, or y = scale∘x + shift where nothing is centred.
public struct AffineMap: Sendable, Equatable {
  /// A factor a channel.
  public let scale: [Scalar]
  /// A term a channel.
  public let shift: [Scalar]
  /// Whether the mean over the channels of a token is subtracted first.
  public let centers: Bool

  /// Creates a map.
  public init(scale: [Scalar], shift: [Scalar], centers: Bool = false) {
    precondition(scale.count == shift.count, "AffineMap: \(scale.count) factors and \(shift.count) terms")
    self.scale = scale
    self.shift = shift
    self.centers = centers
  }
}
