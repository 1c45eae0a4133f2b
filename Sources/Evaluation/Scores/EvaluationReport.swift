import Datasets
import Foundation
import Platform
import Records

/// The scores of one encoder on one pair of sets, as JSON and as a table.
public struct EvaluationReport: Encodable, Sendable {
  /// The size of a labelled set.
  public struct SetSummary: Codable, Sendable {
    /// Images that could be read.
    public let images: Int
    /// Classes of the set.
    public let classes: Int
    /// Images without a class, which evaluators leave out that need one; absent where all or none have one.
    public let unlabelled: Int?
    /// What lies at the path of the images and is none of them; absent where nothing was.
    public let passedOver: PassedOver?

    /// Creates a summary.
    public init(images: Int, classes: Int, unlabelled: Int? = nil, passedOver: PassedOver? = nil) {
      self.images = images
      self.classes = classes
      self.unlabelled = unlabelled
      self.passedOver = passedOver.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The size of a set of features, and what its images were chosen from.
    public init(_ features: Features, passedOver: PassedOver? = nil) {
      let unlabelled = features.rowLabels.unlabelledCount
      self.init(
        images: features.count, classes: features.classNames.count,
        unlabelled: unlabelled > 0 ? unlabelled : nil, passedOver: passedOver)
    }
  }

  /// A picture that belongs to a result.
  public typealias Picture = EvaluationPicture

  private let weights: String
  private let train: SetSummary
  private let test: SetSummary?
  /// What was measured.
  public let scores: [Scores]
  private let identity: EvaluationIdentity?
  private let directions: UsedDirections?
  /// Pictures by evaluator.
  public var pictures: [String: [Picture]] = [:]

  /// Gathers what was measured; `identity` says what the scores belong to.
  public init(
    weights: String, train: SetSummary, test: SetSummary?, scores: [Scores],
    identity: EvaluationIdentity? = nil, directions: UsedDirections? = nil
  ) {
    self.weights = weights
    self.train = train
    self.test = test
    self.scores = scores
    self.identity = identity
    self.directions = directions
  }

  /// The JSON that scripts may rely on; accuracies are fractions.
  ///
  /// - Throws: `Failure` when a score is not a finite number.
  public func json() throws(Failure) -> String {
    try Self.text(of: self, at: weights)
  }

  static func notFinite(at place: String) -> Failure {
    Failure("a score is not a finite number", at: place, mend: "check the features")
  }

  static func text(of value: some Encodable, at place: String) throws(Failure) -> String {
    guard let text = EvaluationRecord.text(of: value) else { throw notFinite(at: place) }
    return text
  }

  /// A line a number: the model's beside its baselines, shares in per cent.
  public var table: String {
    let names = ["randomInit": "random init", "pixels": "raw pixels"]
    let baselines = ["randomInit", "pixels"].filter { name in
      scores.contains { $0.baselines[name] != nil }
    }
    let header = ["", "this model"] + baselines.compactMap { names[$0] } + ["chance"]
    let lines = scores.flatMap { score in
      score.lines.map { line in
        [
          "\(score.evaluator) \(line.name)\(line.kind == .number ? "" : ", %")"
            + (line.direction == .lowerIsBetter ? " (lower is better)" : ""),
          Self.text(line.value, line.kind),
        ]
          + baselines.map { Self.text(line.baselines[$0], line.kind) } + [Self.text(line.chance, line.kind)]
      }
    }
    return TextTable.aligned([header] + lines)
  }

  /// Encodes the keys of design.md's JSON section.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: EvaluationKey.self)
    try container.encode(weights, forKey: .weights)
    try container.encode(train, forKey: .train)
    try container.encodeIfPresent(test, forKey: .test)
    try container.encodeIfPresent(identity, forKey: .identity)
    try container.encodeIfPresent(directions, forKey: .directions)
    var entries = container.nestedContainer(keyedBy: Key.self, forKey: .evaluators)
    for score in scores {
      try entries.encode(
        Entry(scores: score, pictures: pictures[score.evaluator] ?? []), forKey: Key(score.evaluator))
    }
  }

  private static func text(_ value: Double?, _ kind: Measure.Kind) -> String {
    guard let value else { return "–" }
    return kind == .number ? String(format: "%.4g", value) : String(format: "%.2f", value * 100)
  }

  private struct Entry: Encodable {
    let scores: Scores
    let pictures: [Picture]

    func encode(to encoder: any Encoder) throws {
      try scores.encode(to: encoder)
      var object = encoder.container(keyedBy: EvaluatorKey.self)
      if !pictures.isEmpty { try object.encode(pictures, forKey: .pictures) }
    }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }
}
