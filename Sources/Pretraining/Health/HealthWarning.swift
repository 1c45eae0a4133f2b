/// A sign that a run learns nothing worth having, said once a run; a line of `warnings.txt`.
public struct HealthWarning: Sendable, Equatable, CustomStringConvertible {
  /// What a warning is about.
  public enum Kind: String, Sendable, CaseIterable {
    /// Features of different images are nearly the same, or span one or two directions.
    case collapse = "collapsed features"
    /// The teacher gives every sample the same certain answer.
    case peakedTeacher = "peaked teacher"
    /// The teacher prefers no answer to another.
    case uniformTeacher = "uniform teacher"
    /// The loss is what it is without a look at the images.
    case trivialLoss = "trivial loss"
  }

  /// What it is about.
  public var kind: Kind
  /// The step that it was found at, from 1.
  public var step: Int
  /// What was found, in figures.
  public var finding: String
  /// What that most likely comes from.
  public var cause: String
  /// What to try, by keys of the recipe.
  public var remedy: String

  /// One line: `step 120 · collapsed features · found · likely cause · what to try`.
  public var description: String {
    "step \(step) · \(kind.rawValue) · \(finding) · likely cause: \(cause) · \(remedy)"
  }
}
