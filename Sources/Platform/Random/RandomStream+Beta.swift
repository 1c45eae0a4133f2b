import Foundation

extension RandomStream {
  /// A variate of Γ(shape, 1), by Marsaglia & Tsang (2000); shape > 0.
  public mutating func gamma(shape: Double) -> Double { exp(logGamma(shape: shape)) }

  /// A variate of Β(a, b) = X/(X + Y), X and Y of Γ(a, 1) and Γ(b, 1); both above 0.
  public mutating func beta(_ a: Double, _ b: Double) -> Double {
    let x = logGamma(shape: a)
    let y = logGamma(shape: b)
    return 1 / (1 + exp(y - x))
  }

  /// The logarithm of such a variate: those of small shapes are below what a number can hold.
  private mutating func logGamma(shape: Double) -> Double {
    precondition(shape > 0 && shape.isFinite, "RandomStream.gamma: a shape of \(shape)")
    // Γ(a) = Γ(a + 1)·U^(1/a).
    guard shape >= 1 else { return logGamma(shape: shape + 1) + log(1 - uniform()) / shape }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(1 - uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return log(d * v) }
    }
  }
}
