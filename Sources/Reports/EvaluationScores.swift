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
  /// How many directions the features use.
  let directions: DirectionUse?
  /// Pictures that belong to the results.
  let pictures: [Picture]
  /// What was found before on other sets, or of other weights; newest first.
  let earlier: [EvaluationScores]
  /// The name of the number that the verdict is about.
  let tellingName: String?
  /// How far that is above its baselines.
  let leads: [StatedLead]

  /// A picture in the run folder.
  struct Picture: Sendable, Equatable {
    let file, caption: String
  }

  /// What the scores come to in words.
  package var verdict: Verdict? { Verdict(self) }

  /// Decodes a file's bytes; nil unless they are a JSON object with `evaluators`.
  package init?(json data: Data) {
    guard let root = try? JSONDecoder().decode(JSONValue.self, from: data) else { return nil }
    self.init(root)
  }

  private init?(_ root: JSONValue) {
    guard case .object(let evaluators)? = root["evaluators"] else { return nil }
    weights = root["weights"]?.string
    train = Self.imageSet(root["train"])
    test = Self.imageSet(root["test"])
    let order = ["linear", "linearSGD", "knn", "knnLinear", "centroid"]
    let names =
      order.filter { evaluators[$0] != nil } + evaluators.keys.filter { !order.contains($0) }.sorted()
    let tables = names.map { name in
      evaluators[name].map { Self.rows(of: $0, evaluator: name) } ?? []
    }
    rows = tables.flatMap(\.self)
    directions = root["directions"].flatMap { json in
      guard let used = json["used"]?.number, let of = json["of"]?.number.flatMap(Int.init(exactly:)) else {
        return nil
      }
      return DirectionUse(used: used, of: of)
    }
    pictures = names.flatMap { Self.pictures(evaluators[$0]?["pictures"]) }
    if case .array(let entries)? = root["earlier"] {
      earlier = entries.compactMap { EvaluationScores($0) }
    } else {
      earlier = []
    }
    let tested = names.map { Self.leads(evaluators[$0]?["leads"]) }
    if let place = tested.firstIndex(where: { !$0.isEmpty }) {
      (tellingName, leads) = ("\(Self.title(names[place])), top-1", tested[place])
    } else {
      let row = tables.compactMap(\.first).first { !$0.leads.isEmpty }
      (tellingName, leads) = (row?.name, row?.leads ?? [])
    }
  }

  private static func leads(_ json: JSONValue?) -> [StatedLead] {
    ["randomInit", "pixels", "chance"].compactMap { StatedLead(json?[$0], over: $0) }
  }

  private static func pictures(_ json: JSONValue?) -> [Picture] {
    guard case .array(let entries)? = json else { return [] }
    return entries.compactMap { entry in
      guard let file = entry["file"]?.string, let caption = entry["caption"]?.string else { return nil }
      return Picture(file: file, caption: caption)
    }
  }

  private static func title(_ evaluator: String) -> String {
    ["linear": "Linear probe", "knn": "k-NN"][evaluator] ?? evaluator
  }

  private static func imageSet(_ json: JSONValue?) -> ImageSet {
    ImageSet(
      images: json?["images"]?.number.flatMap(Int.init(exactly:)),
      classes: json?["classes"]?.number.flatMap(Int.init(exactly:)))
  }

  private static func rows(of json: JSONValue, evaluator: String) -> [Row] {
    guard case .object(let entries) = json else { return [] }
    let title = title(evaluator)
    if case .array(let measures)? = entries["measures"] {
      return measures.compactMap { row(of: $0, title: title) }
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
          name: name, score: score, isAccuracy: isAccuracy, isLowerBetter: isAccuracy ? false : nil,
          chance: baseline("chance"), pixels: baseline("pixels"), randomInit: baseline("randomInit"))
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
    let kind = measure["kind"]?.string
    let isLowerBetter: Bool? =
      switch measure["direction"]?.string {
      case "lowerIsBetter": true
      case "higherIsBetter": false
      // Files from before directions were written: of an accuracy it is known.
      case nil where kind == "accuracy": false
      default: nil
      }
    return Row(
      name: "\(title), \(name)", score: value, isAccuracy: kind != "number", isLowerBetter: isLowerBetter,
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
