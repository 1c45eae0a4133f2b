import Platform

/// The keys of `evaluation.json` and `classification.json`, which are also those of an entry of `earlier`.
public enum EvaluationKey: String, CodingKey, Sendable {
  /// The weights that were scored.
  case weights
  /// The sizes of the sets that evaluators learn from and are measured on.
  case train, test
  /// An `EvaluationIdentity`.
  case identity
  /// A `UsedDirections`.
  case directions
  /// An object for each evaluator by its name, with the evaluator's own keys and those of `EvaluatorKey`.
  case evaluators
  /// What was found before on other sets, or of other weights; newest first.
  case earlier
}

/// The keys that the results of all evaluators have.
public enum EvaluatorKey: String, CodingKey, Sendable {
  /// What other features score, and `chance`.
  case baselines
  /// A list of `MeasureRecord`.
  case measures
  /// A `Lead` for each baseline.
  case leads
  /// A list of `EvaluationPicture`.
  case pictures
}

extension JSONValue {
  subscript(key: some CodingKey) -> JSONValue? { self[key.stringValue] }
}

extension [String: JSONValue] {
  subscript(key: some CodingKey) -> JSONValue? {
    get { self[key.stringValue] }
    set { self[key.stringValue] = newValue }
  }
}
