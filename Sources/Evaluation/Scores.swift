import Platform

/// One evaluator's result beside its baselines.
///
/// Encodes as the result's own keys plus `baselines`: `chance` as a number, every other baseline as its
/// result's `baseline`.
public struct Scores: Encodable, Sendable {
  /// Name of the evaluator.
  public let evaluator: String
  /// What the features in question score.
  public let result: any EvaluationResult
  /// What ignoring the features scores.
  public let chance: Double
  /// What other features of the same images score, such as `pixels` and `randomInit`.
  public let baselines: [String: any EvaluationResult]

  /// Train and test features of one kind.
  public typealias Sets = (train: Features, test: Features)

  /// Runs `evaluator` on features and on the baselines' features, all with the same options.
  ///
  /// - Parameters:
  ///   - options: the evaluator's own defaults when nil.
  ///   - baselines: other features of the same images, by name.
  /// - Throws: the evaluator's `Failure`.
  public static func measure<E: Evaluator>(
    _ evaluator: E.Type, _ sets: Sets, baselines: [String: Sets] = [:], options: E.Options? = nil,
    progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> Scores {
    let options = options ?? E.defaults
    func run(_ name: String, _ sets: Sets) throws(Failure) -> E.Result {
      try E.evaluate(train: sets.train, test: sets.test, options: options) { stage, fraction in
        progress("\(E.name) on \(name): \(stage)", fraction)
      }
    }
    let result = try run("features", sets)
    var others: [String: any EvaluationResult] = [:]
    for (name, baseline) in baselines.sorted(by: { $0.key < $1.key }) {
      others[name] = try run(name, baseline)
    }
    return Scores(
      evaluator: E.name, result: result, chance: try E.chance(train: sets.train, test: sets.test),
      baselines: others)
  }

  /// Writes the result's keys and `baselines` into one object.
  public func encode(to encoder: any Encoder) throws {
    try result.encode(to: encoder)
    var object = encoder.container(keyedBy: Key.self)
    var entries = object.nestedContainer(keyedBy: Key.self, forKey: Key("baselines"))
    try entries.encode(chance, forKey: Key("chance"))
    for (name, baseline) in baselines { try entries.encode(baseline.baseline, forKey: Key(name)) }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }
}
