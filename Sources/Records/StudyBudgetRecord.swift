/// The steps of a variant that fit into a budget of seconds; `budget.json` of its folder.
public struct StudyBudgetRecord: Codable, Sendable, Equatable {
  /// The budget, and the speed that was measured.
  public var seconds, stepsPerSecond: Double
  /// The steps of each run.
  public var steps: Int

  /// Creates a record.
  public init(seconds: Double, stepsPerSecond: Double, steps: Int) {
    (self.seconds, self.stepsPerSecond, self.steps) = (seconds, stepsPerSecond, steps)
  }
}
