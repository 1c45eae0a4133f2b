/// How large gradients may be: g ← g·min(1, c/(‖g‖ + 1e-6)) (Pascanu et al., 2013).
public struct GradientClipping: Sendable, Equatable {
  /// The largest norm c.
  public let norm: Double
  /// Whether it is that of each parameter (Caron et al., 2021) and not of the whole gradient.
  public let clipsEachParameter: Bool

  /// Creates a limit.
  public init(norm: Double, clipsEachParameter: Bool = false) {
    self.norm = norm
    self.clipsEachParameter = clipsEachParameter
  }

  /// The factor of each parameter's gradient from the squares of the slices.
  func scales(squares: [Double], slicesOf: [Range<Int>]) -> [Double] {
    let sums =
      clipsEachParameter
      ? slicesOf.map { squares[$0].reduce(0, +) }
      : [Double](repeating: squares.reduce(0, +), count: slicesOf.count)
    return sums.map { min(1, norm / ($0.squareRoot() + 1e-6)) }
  }
}
