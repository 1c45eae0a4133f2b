/// McNemar's test of two classifiers on the same rows, exact: whether the rows that only one of them has right could be
/// shared out between both by the toss of a coin (McNemar, 1947).
public struct McNemar: Codable, Sendable, Equatable {
  /// Rows that only the first has right.
  public let onlyFirst: Int
  /// Rows that only the second has right.
  public let onlySecond: Int
  /// The probability of a difference at least as large where both are equally good, two-sided: min(1, 2·P(X ≤ m)), X
  /// binomial of n = `onlyFirst` + `onlySecond` and ½, m the smaller of both. 0 below 1e-308.
  public let pValue: Double

  /// Tests counts of rows that only one has right.
  public init(onlyFirst: Int, onlySecond: Int) {
    precondition(onlyFirst >= 0 && onlySecond >= 0, "McNemar: counts are not negative")
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
    pValue = min(1, 2 * Self.lowerTail(min(onlyFirst, onlySecond), of: onlyFirst + onlySecond))
  }

  /// Tests which rows each has right.
  public init(first: [Bool], second: [Bool]) {
    precondition(first.count == second.count, "McNemar: the same rows are wanted")
    self.init(
      onlyFirst: zip(first, second).count { $0 && !$1 }, onlySecond: zip(first, second).count { !$0 && $1 })
  }

  /// P(X ≤ k) for k ≤ n/2.
  ///
  /// From ratios of neighbouring terms outwards from the middle, divided by their sum: powers of 2 and factorials of
  /// large n would overflow, and differences of log Γ lose digits.
  private static func lowerTail(_ k: Int, of n: Int) -> Double {
    let middle = n / 2
    var term = 1.0
    // The upper half mirrors the lower one; an even n has one middle term, an odd n two.
    var (all, tail) = (n % 2 == 0 ? 1.0 : 2.0, middle <= k ? 1.0 : 0)
    var place = middle
    while place > 0, term > 0 {
      term *= Double(place) / Double(n - place + 1)
      place -= 1
      all += 2 * term
      if place <= k { tail += term }
    }
    return tail / all
  }
}
