import Foundation
import Platform

/// `evaluation.json` or `classification.json`, or an entry of `earlier`: what others than their writer ask it.
///
/// Read leniently: what is missing or odd is left out.
public struct EvaluationRecord: Decodable, Sendable {
  /// The evaluated weights.
  public let weights: String?
  /// What the evaluators learned from.
  public let train: EvaluatedSet
  /// What they were measured on.
  public let test: EvaluatedSet
  /// How many directions the features use.
  public let directions: UsedDirections?
  /// The results by evaluator.
  public let evaluators: [String: EvaluatorRecord]
  /// What was found before on other sets, or of other weights; newest first.
  public let earlier: [EvaluationRecord]

  /// Decodes an object with `evaluators`.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: EvaluationKey.self)
    evaluators = try keys.decode([String: EvaluatorRecord].self, forKey: .evaluators)
    weights = try? keys.decode(String.self, forKey: .weights)
    train = (try? keys.decode(EvaluatedSet.self, forKey: .train)) ?? EvaluatedSet()
    test = (try? keys.decode(EvaluatedSet.self, forKey: .test)) ?? EvaluatedSet()
    directions = try? keys.decode(UsedDirections.self, forKey: .directions)
    earlier =
      (try? keys.decode([Lenient<EvaluationRecord>].self, forKey: .earlier))?.compactMap(\.value) ?? []
  }

  /// Decodes a file's bytes; nil unless they are a JSON object with `evaluators`.
  public init?(json data: Data) {
    guard let found = try? JSONDecoder().decode(EvaluationRecord.self, from: data) else { return nil }
    self = found
  }

  /// Top-1 accuracies by evaluator; of several numbers of neighbours, the one nearest to 20, as DINO reports.
  public var top1: [String: Double] { evaluators.compactMapValues(\.top1) }
}

/// The result of one evaluator.
public struct EvaluatorRecord: Decodable, Sendable {
  /// The lines of its table; nil in records from before they were written.
  public let measures: [MeasureRecord]?
  /// How far it is ahead, by baseline.
  public let leads: [String: Lead]
  /// Pictures that belong to it.
  public let pictures: [EvaluationPicture]
  /// All its keys, the evaluator's own among them.
  let keys: [String: JSONValue]

  /// Decodes an object; anything else has nothing.
  public init(from decoder: any Decoder) throws {
    let object = try? decoder.container(keyedBy: EvaluatorKey.self)
    measures = (try? object?.decode([Lenient<MeasureRecord>].self, forKey: .measures))?.compactMap(\.value)
    leads =
      (try? object?.decode([String: Lenient<Lead>].self, forKey: .leads))?.compactMapValues(\.value) ?? [:]
    pictures =
      (try? object?.decode([Lenient<EvaluationPicture>].self, forKey: .pictures))?.compactMap(\.value) ?? []
    keys = (try? [String: JSONValue](from: decoder)) ?? [:]
  }

  /// Its accuracy; of several numbers of neighbours that of the one nearest to 20.
  var top1: Double? {
    guard case .object(let byCount)? = keys["top1"] else { return keys["top1"]?.number }
    let nearest = byCount.keys.compactMap(Int.init).min { (abs($0 - 20), $0) < (abs($1 - 20), $1) }
    return nearest.flatMap { byCount["\($0)"]?.number }
  }
}
