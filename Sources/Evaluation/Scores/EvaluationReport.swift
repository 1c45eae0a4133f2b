import Datasets
import Foundation
import Platform

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
  public struct Picture: Codable, Sendable, Equatable {
    /// Where it is, from the run folder.
    public let file: String
    /// What it shows.
    public let caption: String

    /// Names a picture.
    public init(file: String, caption: String) {
      self.file = file
      self.caption = caption
    }
  }

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

  static func text(of value: some Encodable, at place: String) throws(Failure) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    } catch {
      throw Failure("a score is not a finite number", at: place, mend: "check the features")
    }
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
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(weights, forKey: Key("weights"))
    try container.encode(train, forKey: Key("train"))
    try container.encodeIfPresent(test, forKey: Key("test"))
    try container.encodeIfPresent(identity, forKey: Key("identity"))
    try container.encodeIfPresent(directions, forKey: Key("directions"))
    var entries = container.nestedContainer(keyedBy: Key.self, forKey: Key("evaluators"))
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
      var object = encoder.container(keyedBy: Key.self)
      if !pictures.isEmpty { try object.encode(pictures, forKey: Key("pictures")) }
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
