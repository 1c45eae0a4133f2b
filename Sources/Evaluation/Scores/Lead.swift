import Foundation

/// How far one classifier is ahead of another on the same test rows, and how sure that is.
public struct Lead: Codable, Sendable, Equatable {
  /// The first one's accuracy less the other's, −1…1.
  public let difference: Double
  /// The standard error of `difference` over test rows.
  ///
  /// Of two classifiers √(b + c − (b − c)²/n)/n, b and c the rows that only one of them has right, n all rows: rows that
  /// both have right, or wrong, say nothing (McNemar, 1947). Of one against a fixed share √(p(1 − p)/n).
  public let standardError: Double
  /// The probability of a difference at least as large where neither is better, two-sided: McNemar's exact test, and
  /// against a fixed share the normal approximation.
  public let pValue: Double

  /// Compares which rows two classifiers have right; at least one row, the same rows of both.
  public init(of right: [Bool], over other: [Bool]) {
    let test = McNemar(first: right, second: other)
    let (b, c, n) = (Double(test.onlyFirst), Double(test.onlySecond), Double(right.count))
    difference = (b - c) / n
    standardError = max(0, b + c - (b - c) * (b - c) / n).squareRoot() / n
    pValue = test.pValue
  }

  /// Compares which rows are right with a share of right rows that is known beforehand, such as chance.
  public init(of right: [Bool], overShare share: Double) {
    let accuracy = Double(right.count { $0 }) / Double(right.count)
    difference = accuracy - share
    standardError = (accuracy * (1 - accuracy) / Double(right.count)).squareRoot()
    pValue = difference == 0 ? 1 : erfc(abs(difference) / (standardError * 2.0.squareRoot()))
  }
}
