/// The interpolation kernel of a resize; like Pillow's, widened by the scale when shrinking (antialiased).
public enum ResizeFilter: String, Sendable, Codable, CaseIterable {
  /// Triangle: 1 − |x| within 1.
  case bilinear
  /// Keys' cubic convolution with a = −0.5 (Keys, 1981), within 2.
  case bicubic

  /// Half the width of the kernel, in input pixels at scale 1.
  var support: Double {
    switch self {
    case .bilinear: 1
    case .bicubic: 2
    }
  }

  func weight(at position: Double) -> Double {
    let x = position.magnitude
    switch self {
    case .bilinear: return x < 1 ? 1 - x : 0
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
      return 0
    }
  }
}
