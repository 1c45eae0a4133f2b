import Foundation
import Platform

/// The scores in `evaluation.json`, as `vitrail evaluate --json` writes them, ready for a table.
///
/// Read leniently: what is missing is left out, what is new is shown by its key.
package struct EvaluationScores: Sendable, Equatable {
  /// One number beside its baselines.
  package struct Row: Sendable, Equatable {
    /// How the number was measured: `k-NN, k = 20`.
    package var name: String
    /// The number.
    package var score: Double
    /// Whether the number is an accuracy 0…1.
    package var isAccuracy: Bool
    /// The score that ignores the images.
    package var chance: Double?
    /// The score of raw pixels.
    package var pixels: Double?
    /// The score of an untrained encoder.
    package var randomInit: Double?

    /// Creates a row.
    package init(
      name: String, score: Double, isAccuracy: Bool, chance: Double? = nil, pixels: Double? = nil,
      randomInit: Double? = nil
    ) {
      self.name = name
      self.score = score
      self.isAccuracy = isAccuracy
      self.chance = chance
      self.pixels = pixels
      self.randomInit = randomInit
    }

    /// The best of the baselines there are.
    package var bestBaseline: Double? { [chance, pixels, randomInit].compactMap(\.self).max() }
  }

  /// A set of images.
  package struct ImageSet: Sendable, Equatable {
    /// How many images.
    package var images: Int?
    /// How many classes.
    package var classes: Int?
  }

  /// The evaluated weights.
  package let weights: String?
  /// What the evaluators learned from.
  package let train: ImageSet
  /// What they were measured on.
  package let test: ImageSet
  /// The table.
  package let rows: [Row]

  /// Decodes a file's bytes; nil unless they are a JSON object with `evaluators`.
  package init?(json data: Data) {
    guard let root = try? JSONDecoder().decode(JSONValue.self, from: data),
      case .object(let evaluators)? = root["evaluators"]
    else { return nil }
    weights = root["weights"]?.string
    train = Self.imageSet(root["train"])
    test = Self.imageSet(root["test"])
    let order = ["linear", "knn"]
    rows =
      (order + evaluators.keys.filter { !order.contains($0) }.sorted())
      .flatMap { name in evaluators[name].map { Self.rows(of: $0, evaluator: name) } ?? [] }
  }

  private static func imageSet(_ json: JSONValue?) -> ImageSet {
    ImageSet(
      images: json?["images"]?.number.flatMap(Int.init(exactly:)),
      classes: json?["classes"]?.number.flatMap(Int.init(exactly:)))
  }

  private static func rows(of json: JSONValue, evaluator: String) -> [Row] {
    guard case .object(let entries) = json else { return [] }
    let names = ["linear": "Linear probe", "knn": "k-NN"]
    if case .array(let measures)? = entries["measures"] {
      return measures.compactMap { row(of: $0, title: names[evaluator] ?? evaluator) }
    }
    let title =
      switch evaluator {
      case "linear": "Linear probe"
      case "knn": "k-NN"
      default: evaluator
      }
    let keys = entries.keys.filter { !["baselines", "l2"].contains($0) }
    let order =
      ["top1", "top5"].filter(keys.contains) + keys.filter { !["top1", "top5"].contains($0) }.sorted()
    return order.flatMap { key -> [Row] in
      let isAccuracy = ["top1", "top5", "accuracy"].contains(key)
      let metric =
        switch key {
        case "top1": ""
        case "top5": ", top 5"
        default: ", \(key)"
        }
      let make = { (name: String, score: Double, detail: String?) in
        let baseline = { (name: String) in
          Self.baseline(json["baselines"]?[name], key: key, detail: detail)
        }
        return Row(
          name: name, score: score, isAccuracy: isAccuracy, chance: baseline("chance"),
          pixels: baseline("pixels"), randomInit: baseline("randomInit"))
      }
      switch entries[key] {
      case .number, .integer:
        return entries[key]?.number.map { [make(title + metric, $0, nil)] } ?? []
      case .object(let details)?:
        return details.sorted { ($0.key.count, $0.key) < ($1.key.count, $1.key) }.compactMap {
          detail, value in
          let label = evaluator == "knn" ? "k = \(detail)" : detail
          return value.number.map { make("\(title)\(metric), \(label)", $0, detail) }
        }
      default:
        return []
      }
    }
  }

  /// A line as `Scores` writes it.
  private static func row(of measure: JSONValue, title: String) -> Row? {
    guard let name = measure["name"]?.string, let value = measure["value"]?.number else { return nil }
    let baselines = measure["baselines"]
    return Row(
      name: "\(title), \(name)", score: value, isAccuracy: measure["kind"]?.string != "number",
      chance: measure["chance"]?.number, pixels: baselines?["pixels"]?.number,
      randomInit: baselines?["randomInit"]?.number)
  }

  /// A baseline is a number (of `top1`), or an object like the evaluator's own.
  private static func baseline(_ json: JSONValue?, key: String, detail: String?) -> Double? {
    guard let json else { return nil }
    if let number = json.number { return key == "top1" ? number : nil }
    if let inner = json[key] { return inner.number ?? detail.flatMap { inner[$0]?.number } }
    return key == "top1" ? detail.flatMap { json[$0]?.number } : nil
  }
}
