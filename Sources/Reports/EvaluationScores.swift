import Foundation
import Records

/// The scores in `evaluation.json`, as `vitrail evaluate --json` writes them, ready for a table.
package struct EvaluationScores: Sendable, Equatable {
  /// One number beside its baselines.
  package struct Row: Sendable, Equatable {
    /// How the number was measured: `k-NN, k = 20`.
    package var name: String
    /// The number.
    package var score: Double
    /// Whether the number is an accuracy 0…1.
    package var isAccuracy: Bool
    /// Which of two values is the better one; nil where neither is, or nothing says so.
    package var isLowerBetter: Bool?
    /// The score that ignores the images.
    package var chance: Double?
    /// The score of raw pixels.
    package var pixels: Double?
    /// The score of an untrained encoder.
    package var randomInit: Double?

    /// Creates a row.
    package init(
      name: String, score: Double, isAccuracy: Bool, isLowerBetter: Bool? = nil, chance: Double? = nil,
      pixels: Double? = nil, randomInit: Double? = nil
    ) {
      self.name = name
      self.score = score
      self.isAccuracy = isAccuracy
      self.isLowerBetter = isLowerBetter
      self.chance = chance
      self.pixels = pixels
      self.randomInit = randomInit
    }

    /// The best of the baselines there are; nil where no value is better than another.
    package var bestBaseline: Double? {
      let known = [chance, pixels, randomInit].compactMap(\.self)
      return isLowerBetter.flatMap { $0 ? known.min() : known.max() }
    }

    /// How far the number is from each baseline, where one is better than the other.
    var leads: [StatedLead] {
      guard let isLowerBetter, isAccuracy else { return [] }
      return [("randomInit", randomInit), ("pixels", pixels), ("chance", chance)].compactMap { name, value in
        value.map { StatedLead(of: score, over: $0, isLowerBetter: isLowerBetter, baseline: name) }
      }
    }
  }

  /// The evaluated weights.
  package let weights: String?
  /// What the evaluators learned from.
  package let train: EvaluatedSet
  /// What they were measured on.
  package let test: EvaluatedSet
  /// The table.
  package let rows: [Row]
  /// How many directions the features use.
  let directions: DirectionUse?
  /// Pictures that belong to the results.
  let pictures: [EvaluationPicture]
  /// What was found before on other sets, or of other weights; newest first.
  let earlier: [EvaluationScores]
  /// The name of the number that the verdict is about.
  let tellingName: String?
  /// How far that is above its baselines.
  let leads: [StatedLead]

  /// What the scores come to in words.
  package var verdict: Verdict? { Verdict(self) }

  /// Decodes a file's bytes; nil unless they are a JSON object with `evaluators`.
  package init?(json data: Data) {
    guard let record = EvaluationRecord(json: data) else { return nil }
    self.init(record)
  }

  private init(_ record: EvaluationRecord) {
    let evaluators = record.evaluators
    weights = record.weights
    train = record.train
    test = record.test
    let order = ["linear", "linearSGD", "knn", "knnLinear", "centroid"]
    let names =
      order.filter { evaluators[$0] != nil } + evaluators.keys.filter { !order.contains($0) }.sorted()
    let tables = names.map { name in evaluators[name].map { Self.rows(of: $0, evaluator: name) } ?? [] }
    rows = tables.flatMap(\.self)
    directions = record.directions.map { DirectionUse(used: $0.used, of: $0.of) }
    pictures = names.flatMap { evaluators[$0]?.pictures ?? [] }
    earlier = record.earlier.map { EvaluationScores($0) }
    let tested = names.map { name in evaluators[name].map { Self.leads($0.leads) } ?? [] }
    if let place = tested.firstIndex(where: { !$0.isEmpty }) {
      (tellingName, leads) = ("\(Self.title(names[place])), top-1", tested[place])
    } else {
      let row = tables.compactMap(\.first).first { !$0.leads.isEmpty }
      (tellingName, leads) = (row?.name, row?.leads ?? [])
    }
  }

  private static func leads(_ found: [String: Lead]) -> [StatedLead] {
    ["randomInit", "pixels", "chance"].compactMap { name in found[name].map { StatedLead($0, over: name) } }
  }

  private static func title(_ evaluator: String) -> String {
    ["linear": "Linear probe", "knn": "k-NN"][evaluator] ?? evaluator
  }

  private static func rows(of record: EvaluatorRecord, evaluator: String) -> [Row] {
    let title = title(evaluator)
    guard let measures = record.measures else {
      return record.ownNumbers.map { row(of: $0, title: title, evaluator: evaluator) }
    }
    return measures.map { row(of: $0, title: title) }
  }

  private static func row(of measure: MeasureRecord, title: String) -> Row {
    let isLowerBetter: Bool? =
      switch measure.direction {
      case .lowerIsBetter: true
      case .higherIsBetter: false
      case .neither: nil
      }
    return Row(
      name: "\(title), \(measure.name)", score: measure.value, isAccuracy: measure.kind != .number,
      isLowerBetter: isLowerBetter, chance: measure.chance, pixels: measure.baselines["pixels"],
      randomInit: measure.baselines["randomInit"])
  }

  /// A line of a record from before measures were written.
  private static func row(of number: OwnNumber, title: String, evaluator: String) -> Row {
    let isAccuracy = ["top1", "top5", "accuracy"].contains(number.key)
    let metric =
      switch number.key {
      case "top1": ""
      case "top5": ", top 5"
      default: ", \(number.key)"
      }
    let detail = number.detail.map { ", \(evaluator == "knn" ? "k = \($0)" : $0)" } ?? ""
    return Row(
      name: title + metric + detail, score: number.value, isAccuracy: isAccuracy,
      isLowerBetter: isAccuracy ? false : nil, chance: number.baselines["chance"],
      pixels: number.baselines["pixels"], randomInit: number.baselines["randomInit"])
  }
}
