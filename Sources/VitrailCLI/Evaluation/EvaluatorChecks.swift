import Datasets
import Evaluation
import Platform

extension [EvaluatorChoices.Chosen] {
  /// Those that can score sets of such classes; of `all`, those that cannot are left out and said. What scores leave
  /// out or count as wrong is said too. Nothing was computed yet.
  ///
  /// - Throws: the `Failure` of one that was named and cannot score them, or of the first where none of `all` can that
  ///   needs classes.
  func checked(_ labels: TaskLabels, _ line: ProgressLine) throws(Failure) -> Self {
    var usable: Self = []
    var refused: [(name: String, failure: Failure)] = []
    for choice in self {
      do throws(Failure) {
        try choice.check(labels)
        usable.append(choice)
      } catch {
        guard !choice.isNamed else { throw error }
        refused.append((choice.evaluator.name, error))
      }
    }
    if let first = refused.first, !usable.contains(where: { $0.evaluator.needsLabels }) {
      throw first.failure
    }
    for (name, failure) in refused { line.say("left out \(name): \(failure.problem)") }
    for note in labels.notes { line.say(note) }
    return usable
  }

  /// The same for the classes of images.
  func checked(_ sets: LabelledSets.Opened, _ line: ProgressLine) throws(Failure) -> Self {
    try checked(
      TaskLabels(
        train: RowLabels(of: sets.train),
        test: sets.test.map { (source) throws(Failure) in try RowLabels(of: source) }, hasImages: true), line)
  }
}

extension EvaluatorChoices.Chosen {
  /// Checks that the evaluator will be able to score sets of such classes.
  fileprivate func check(_ labels: TaskLabels) throws(Failure) {
    func check<E: Evaluator>(_: E.Type) throws(Failure) {
      try E.check(labels, options: selection.options(of: E.self))
    }
    try check(evaluator)
  }
}
