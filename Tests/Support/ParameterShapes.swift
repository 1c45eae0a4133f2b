import Tensors

extension Parameter {
  /// Whether its shape is one that its role may have.
  public var hasShapeOfRole: Bool {
    switch role {
    case .matrix: shape.count == 2
    case .bias, .gain, .factor, .layerScale: shape.count == 1
    case .statistic: shape.count == 1 && !isTrainable
    case .token, .positions: shape.count == 3 && shape[0] == 1
    }
  }
}
