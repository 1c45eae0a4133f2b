import Platform

/// How many of the directions that features could fill they do fill: their RankMe (Garrido et al., 2022).
public struct UsedDirections: Codable, Sendable, Equatable {
  /// RankMe, from 1.
  public let used: Double
  /// The most that there could be: the smaller of rows and width.
  public let of: Int

  // Decomposing all rows of a wide encoder would take longer than the evaluators do.
  private static let rows = 2048

  /// Measures the test features, or those there are.
  ///
  /// - Throws: `Failure` when they cannot be decomposed.
  public init(_ task: EvaluationTask) throws(Failure) {
    var options = SpectralRank.Options()
    options.rows = Self.rows
    let found = try SpectralRank.evaluate(task, options: options) { _, _ in }
    used = found.rankMe
    of = found.singularValues.count
  }
}
