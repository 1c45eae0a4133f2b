import Foundation
import Records

extension Lead {
  /// Compares which rows two classifiers have right; at least one row, the same rows of both.
  ///
  /// The standard error is √(b + c − (b − c)²/n)/n, b and c the rows that only one of them has right, n all rows: rows
  /// that both have right, or wrong, say nothing. The probability is that of the exact test (McNemar, 1947).
  public init(of right: [Bool], over other: [Bool]) {
    let test = McNemar(first: right, second: other)
    let (b, c, n) = (Double(test.onlyFirst), Double(test.onlySecond), Double(right.count))
    self.init(
      difference: (b - c) / n,
      standardError: max(0, b + c - (b - c) * (b - c) / n).squareRoot() / n, pValue: test.pValue)
  }

  /// Compares which rows are right with a share of right rows that is known beforehand, such as chance.
  ///
  /// The standard error is √(p(1 − p)/n), and the probability that of the normal approximation.
  public init(of right: [Bool], overShare share: Double) {
    let accuracy = Double(right.count { $0 }) / Double(right.count)
    let difference = accuracy - share
    let standardError = (accuracy * (1 - accuracy) / Double(right.count)).squareRoot()
    self.init(
      difference: difference, standardError: standardError,
      pValue: difference == 0 ? 1 : erfc(abs(difference) / (standardError * 2.0.squareRoot())))
  }
}
