import Platform

/// What evaluators could not do: told at the end, when the others' scores are printed and written.
public struct EvaluatorFailures: Sendable {
  /// The evaluators that failed.
  public private(set) var evaluators: Set<String> = []
  private var failures: [Failure] = []

  /// None.
  public init() {}

  /// Runs what an evaluator does, and keeps its failure.
  public mutating func collect(_ evaluator: String, _ body: () throws(Failure) -> Void) {
    do throws(Failure) {
      try body()
    } catch {
      add(error, of: evaluator)
    }
  }

  /// Adds those of another pass.
  public mutating func add(_ other: EvaluatorFailures) {
    evaluators.formUnion(other.evaluators)
    for failure in other.failures where !failures.contains(failure) { failures.append(failure) }
  }

  private mutating func add(_ failure: Failure, of evaluator: String) {
    evaluators.insert(evaluator)
    // What is wrong with the images is wrong for every evaluator.
    if !failures.contains(failure) { failures.append(failure) }
  }

  /// Says all of them but the last, which it throws.
  public func end(_ note: (String) -> Void) throws(Failure) {
    for failure in failures.dropLast() { note("error: \(failure)") }
    if let last = failures.last { throw last }
  }
}
