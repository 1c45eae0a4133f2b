import Platform

extension [EvaluatorChoice] {
  /// Those that can score sets of such classes; what is left out or counted as wrong is said, a sentence each. Nothing
  /// was computed yet.
  ///
  /// - Throws: the `Failure` of one that is required and cannot score them, or of the first where none of the others can
  ///   that needs classes.
  public func checked(_ labels: TaskLabels, note: (String) -> Void) throws(Failure) -> Self {
    var usable: Self = []
    var refused: [(name: String, failure: Failure)] = []
    for choice in self {
      do throws(Failure) {
        try choice.check(labels)
        usable.append(choice)
      } catch {
        guard !choice.isRequired else { throw error }
        refused.append((choice.evaluator.name, error))
      }
    }
    if let first = refused.first, !usable.contains(where: { $0.evaluator.needsLabels }) {
      throw first.failure
    }
    for (name, failure) in refused { note("left out \(name): \(failure.problem)") }
    for sentence in labels.notes { note(sentence) }
    return usable
  }
}
