import Foundation
import Platform

/// Several models on the same images: one table, and whether their differences could be chance.
///
/// Encodes as `{"train", "test", "models": [{"name", "parameters", "imagesPerSecond", "evaluators"}], "pairs": […]}`.
public struct Comparison: Encodable, Sendable {
  /// One model.
  public struct Model: Encodable, Sendable {
    /// Where its weights are.
    public let name: String
    /// Weights of the encoder.
    public let parameters: Int
    /// Images a second of feature extraction.
    public let imagesPerSecond: Double
    /// Its scores.
    public let scores: [Scores]

    /// Creates an entry.
    public init(name: String, parameters: Int, imagesPerSecond: Double, scores: [Scores]) {
      self.name = name
      self.parameters = parameters
      self.imagesPerSecond = imagesPerSecond
      self.scores = scores
    }

    /// The same without the scores of some evaluators.
    public func without(_ evaluators: Set<String>) -> Model {
      Model(
        name: name, parameters: parameters, imagesPerSecond: imagesPerSecond,
        scores: scores.filter { !evaluators.contains($0.evaluator) })
    }

    private enum CodingKeys: CodingKey { case name, parameters, imagesPerSecond, evaluators }

    /// Encodes the scores by the name of the evaluator.
    public func encode(to encoder: any Encoder) throws {
      var object = encoder.container(keyedBy: CodingKeys.self)
      try object.encode(name, forKey: .name)
      try object.encode(parameters, forKey: .parameters)
      try object.encode(imagesPerSecond, forKey: .imagesPerSecond)
      try object.encode(
        Dictionary(uniqueKeysWithValues: scores.map { ($0.evaluator, $0) }), forKey: .evaluators)
    }
  }

  /// Two models by one evaluator.
  public struct Pair: Encodable, Sendable, Equatable {
    /// The evaluator.
    public let evaluator: String
    /// Names of the models.
    public let first, second: String
    /// The first one's accuracy less the second one's.
    public let difference: Double
    /// McNemar's test of the rows that they have right.
    public let test: McNemar
  }

  /// What evaluators learned from.
  public let train: EvaluationReport.SetSummary
  /// What they were measured on.
  public let test: EvaluationReport.SetSummary
  /// The models.
  public let models: [Model]
  /// All pairs of models, by every evaluator that says which rows are right.
  public let pairs: [Pair]

  /// Compares models that were measured by the same evaluators on the same rows.
  public init(train: EvaluationReport.SetSummary, test: EvaluationReport.SetSummary, models: [Model]) {
    self.train = train
    self.test = test
    self.models = models
    var pairs: [Pair] = []
    for (place, evaluator) in (models.first?.scores ?? []).enumerated() {
      for (index, first) in models.enumerated() {
        for second in models[(index + 1)...] {
          guard let right = first.scores[place].result.isRight,
            let other = second.scores[place].result.isRight, right.count == other.count
          else { continue }
          let test = McNemar(first: right, second: other)
          pairs.append(
            Pair(
              evaluator: evaluator.evaluator, first: first.name, second: second.name,
              difference: Double(test.onlyFirst - test.onlySecond) / Double(max(right.count, 1)), test: test))
        }
      }
    }
    self.pairs = pairs
  }

  /// The table, and a line for each model and evaluator that says how sure the distance to the best is.
  public var text: String {
    ([TextTable.aligned(rows)] + [""] + significance).joined(separator: "\n")
  }

  /// The same as Markdown.
  public var markdown: String {
    let cells = rows.map { $0.map { $0.replacing("|", with: "\\|") } }
    let rule = cells[0].indices.map { $0 == 0 ? "---" : "---:" }
    return ([cells[0], rule] + cells.dropFirst()).map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
      + "\n" + significance.map { "- \($0)\n" }.joined()
  }

  private var rows: [[String]] {
    let names = (models.first?.scores ?? []).map { score in
      let kind = score.result.measures[0].kind
      return "\(score.evaluator)\(kind == .number ? "" : ", %")"
    }
    return [["model", "parameters", "img/s"] + names]
      + models.map { model in
        [model.name, "\(model.parameters)", String(format: "%.0f", model.imagesPerSecond)]
          + model.scores.map { score in
            score.result.measures[0].kind == .number
              ? String(format: "%.4g", score.result.score) : String(format: "%.2f", score.result.score * 100)
          }
      }
  }

  private var significance: [String] {
    (models.first?.scores ?? []).enumerated().flatMap { place, evaluator -> [String] in
      let ranked = models.enumerated().sorted {
        ($0.element.scores[place].result.score, $1.offset) > (
          $1.element.scores[place].result.score, $0.offset
        )
      }.map(\.element)
      guard let best = ranked.first else { return [] }
      return ranked.dropFirst().compactMap { model in
        let found = pairs.first {
          $0.evaluator == evaluator.evaluator && Set([$0.first, $0.second]) == [best.name, model.name]
        }
        return found.map { Self.sentence(on: $0, best: best.name, other: model.name) }
      }
    }
  }

  /// How far the best is ahead of another, and whether that could be chance; or that both are equal.
  private static func sentence(on pair: Pair, best: String, other: String) -> String {
    let points = abs(pair.difference) * 100
    guard points > 0 else {
      let differing = pair.test.onlyFirst + pair.test.onlySecond
      return "\(pair.evaluator): \(best) and \(other) are equal, "
        + (differing == 0 ? "image for image" : "though \(differing) images tell them apart")
    }
    return "\(pair.evaluator): \(best) leads \(other) by "
      + String(
        format: points < 0.01 ? "%.1g points, p = %.2g" : "%.2f points, p = %.2g", points, pair.test.pValue)
      + " (McNemar, exact, two-sided)"
  }
}
