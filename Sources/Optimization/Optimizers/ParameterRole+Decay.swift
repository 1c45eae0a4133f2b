import Tensors

extension ParameterRole {
  /// Whether weight decay pulls on such parameters by default: on what has two or more axes. Vectors are left alone.
  var decays: Bool {
    switch self {
    case .matrix, .token, .positions: true
    case .bias, .gain, .factor, .layerScale, .statistic: false
    }
  }
}
