import Platform
import Records

/// One evaluator's result beside its baselines.
///
/// Encodes as the result's own keys plus `baselines`: `chance` as a number, every other baseline as its
/// result's `baseline`; `measures`, the lines of tables with what baselines measured; and `leads`, how sure the
/// distance to each baseline is.
public struct Scores: Encodable, Sendable {
  /// Name of the evaluator.
  public let evaluator: String
  /// What the features in question score.
  public let result: any EvaluationResult
  /// What ignoring the features scores; nil where that says nothing.
  public let chance: Double?
  /// What other features of the same images score, such as `pixels` and `randomInit`.
  public let baselines: [String: any EvaluationResult]

  /// Holds a result.
  public init(
    evaluator: String, result: any EvaluationResult, chance: Double? = nil,
    baselines: [String: any EvaluationResult] = [:]
  ) {
    self.evaluator = evaluator
    self.result = result
    self.chance = chance
    self.baselines = baselines
  }

  /// Runs `evaluator` on features and on the baselines' features, all with the same options.
  ///
  /// - Parameter baselines: other features of the same images, by name.
  /// - Throws: the evaluator's `Failure`.
  public static func measure<E: Evaluator>(
    _ evaluator: E.Type, _ task: EvaluationTask, baselines: [String: EvaluationTask] = [:],
    options: E.Options = E.Options(), progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> Scores {
    func run(_ name: String, _ task: EvaluationTask) throws(Failure) -> E.Result {
      try E.evaluate(task, options: options) { stage, fraction in
        progress("\(E.name) on \(name): \(stage)", fraction)
      }
    }
    let result = try run("features", task)
    var others: [String: any EvaluationResult] = [:]
    for (name, baseline) in baselines.sorted(by: { $0.key < $1.key }) {
      others[name] = try run(name, baseline)
    }
    return Scores(
      evaluator: E.name, result: result, chance: try E.chance(task), baselines: others)
  }

  /// A number of the result with what chance and the baselines come to.
  public typealias Line = MeasureRecord

  /// The numbers of the result, each beside its baselines.
  public var lines: [Line] {
    result.measures.map { measure in
      Line(
        name: measure.name, kind: measure.kind, direction: measure.direction, value: measure.value,
        chance: measure.kind == .accuracy ? chance : nil,
        baselines: baselines.compactMapValues { other in
          other.measures.first { $0.name == measure.name }?.value
        })
    }
  }

  /// How far the score is above that of each baseline, where it is known which test rows are right.
  public var leads: [String: Lead] {
    guard let right = result.isRight, !right.isEmpty else { return [:] }
    var leads = baselines.compactMapValues { baseline in
      baseline.isRight.flatMap { $0.count == right.count ? Lead(of: right, over: $0) : nil }
    }
    leads["chance"] = chance.map { Lead(of: right, overShare: $0) }
    return leads
  }

  /// Writes the result's keys, `baselines`, `measures` and `leads` into one object.
  public func encode(to encoder: any Encoder) throws {
    try result.encode(to: encoder)
    var object = encoder.container(keyedBy: EvaluatorKey.self)
    var entries = object.nestedContainer(keyedBy: Key.self, forKey: .baselines)
    if let chance { try entries.encode(chance, forKey: Key("chance")) }
    for (name, baseline) in baselines { try entries.encode(baseline.baseline, forKey: Key(name)) }
    try object.encode(lines, forKey: .measures)
    if !leads.isEmpty { try object.encode(leads, forKey: .leads) }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }
}
