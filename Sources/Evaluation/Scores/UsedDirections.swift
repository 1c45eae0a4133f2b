import Platform
import Records

extension UsedDirections {
  // Decomposing all rows of a wide encoder would take longer than the evaluators do.
  private static let rows = 2048

  /// Measures the test features, or those there are.
  ///
  /// - Throws: `Failure` when they cannot be decomposed.
  public init(_ task: EvaluationTask) throws(Failure) {
    var options = SpectralRank.Options()
    options.rows = Self.rows
    let found = try SpectralRank.evaluate(task, options: options) { _, _ in }
    self.init(used: found.rankMe, of: found.singularValues.count)
  }
}
