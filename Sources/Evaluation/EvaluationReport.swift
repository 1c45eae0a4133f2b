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

    /// Creates a summary.
    public init(images: Int, classes: Int) {
      self.images = images
      self.classes = classes
    }
  }

  private let weights: String
  private let train, test: SetSummary
  private let scores: [Scores]

  /// Gathers what was measured.
  public init(weights: String, train: SetSummary, test: SetSummary, scores: [Scores]) {
    self.weights = weights
    self.train = train
    self.test = test
    self.scores = scores
  }

  /// The JSON that scripts may rely on; accuracies are fractions.
  ///
  /// - Throws: `Failure` when a score is not a finite number.
  public func json() throws(Failure) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    } catch {
      throw Failure("a score is not a finite number", at: weights, mend: "check the features")
    }
  }

  /// A line a score: the model's beside its baselines, in per cent.
  public var table: String {
    let columns = ["this model", "random init", "raw pixels", "chance"]
    let lines = scores.flatMap { score -> [[String]] in
      let entries = [
        JSONValue.encoding(score.result.baseline),
        score.baselines["randomInit"].map { .encoding($0.baseline) } ?? .null,
        score.baselines["pixels"].map { .encoding($0.baseline) } ?? .null, .number(score.chance),
      ]
      guard case .object(let parts) = entries[0] else {
        return [[score.evaluator] + entries.map { Self.percent($0) }]
      }
      let keys = parts.keys.sorted { (Double($0) ?? 0, $0) < (Double($1) ?? 0, $1) }
      return keys.map { key in
        ["\(score.evaluator) \(key)"]
          + entries.map { entry in
            if case .object(let object) = entry { return Self.percent(object[key] ?? .null) }
            return Self.percent(entry)
          }
      }
    }
    let rows = [["top-1 accuracy, %"] + columns] + lines
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().map { index, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return index == 0 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "   ")
    }.joined(separator: "\n")
  }

  /// Encodes the keys of design.md's JSON section.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(weights, forKey: Key("weights"))
    try container.encode(train, forKey: Key("train"))
    try container.encode(test, forKey: Key("test"))
    var entries = container.nestedContainer(keyedBy: Key.self, forKey: Key("evaluators"))
    for score in scores { try entries.encode(score, forKey: Key(score.evaluator)) }
  }

  private static func percent(_ value: JSONValue) -> String {
    switch value {
    case .number(let number): String(format: "%.2f", number * 100)
    case .integer(let number): String(format: "%.2f", Double(number) * 100)
    default: "–"
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
