import Foundation
import Platform

/// `evaluation.json` of a run folder: the newest evaluation, completed by what other evaluators found on the same sets
/// before, and under `earlier` those of other sets or other weights, newest first. Merged as trees, so that what this
/// version does not know stays.
extension EvaluationRecord {
  /// Older ones are dropped, so that the file stays small.
  static let earlierCount = 10

  /// The text of a value as records are written; nil when a number is not finite.
  public static func text(of value: some Encodable) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) + "\n" }
  }

  /// The record that holds the text of a new one and what a record held before; text that is no record counts as none.
  ///
  /// - Returns: nil when a number is not finite.
  public static func text(adding new: String, to record: Data?) -> String? {
    let new = decoded(Data(new.utf8)) ?? [:]
    guard let record, let old = decoded(record), old[EvaluationKey.evaluators] != nil else {
      return text(of: JSONValue.object(new))
    }
    var others = [old.filter { $0.key != EvaluationKey.earlier.rawValue }]
    if case .array(let entries)? = old[EvaluationKey.earlier] {
      others += entries.compactMap { if case .object(let entry) = $0 { entry } else { nil } }
    }
    var merged = new
    let identity = new[EvaluationKey.identity]
    let same = others.firstIndex { identity != nil && $0[EvaluationKey.identity] == identity }
    if let same {
      merged[EvaluationKey.evaluators] = completed(
        evaluators(of: new), by: evaluators(of: others.remove(at: same)))
    }
    let measured = evaluators(of: new)
    let earlier = others.prefix(earlierCount).map { without(picturesOf: measured, $0) }
    if !earlier.isEmpty { merged[EvaluationKey.earlier] = .array(earlier.map { .object($0) }) }
    return text(of: JSONValue.object(merged))
  }

  private typealias Entries = [String: JSONValue]

  /// The newer result of each evaluator; but one that found the same without asking baselines leaves theirs.
  private static func completed(_ new: Entries, by old: Entries) -> JSONValue {
    .object(
      old.merging(new) { old, new in
        hasBaselines(old) && !hasBaselines(new) && values(old) == values(new) ? old : new
      })
  }

  private static func hasBaselines(_ result: JSONValue) -> Bool {
    if case .object(let found)? = result[EvaluatorKey.baselines] {
      found.keys.contains { $0 != "chance" }
    } else {
      false
    }
  }

  private static func values(_ result: JSONValue) -> [[JSONValue?]] {
    guard case .array(let measures)? = result[EvaluatorKey.measures] else { return [] }
    return measures.map { [$0[MeasureRecord.CodingKeys.name], $0[MeasureRecord.CodingKeys.value]] }
  }

  /// The newer pictures have taken the place of the older ones.
  private static func without(picturesOf measured: Entries, _ entry: Entries) -> Entries {
    let pictures = EvaluatorKey.pictures
    var entry = entry
    entry[EvaluationKey.evaluators] = .object(
      Dictionary(
        uniqueKeysWithValues: evaluators(of: entry).map { name, result in
          guard measured[name]?[pictures] != nil, case .object(let found) = result else {
            return (name, result)
          }
          return (name, .object(found.filter { $0.key != pictures.rawValue }))
        }))
    return entry
  }

  private static func evaluators(of entry: Entries) -> Entries {
    if case .object(let found)? = entry[EvaluationKey.evaluators] { found } else { [:] }
  }

  private static func decoded(_ data: Data) -> Entries? {
    guard case .object(let entries)? = try? JSONDecoder().decode(JSONValue.self, from: data) else {
      return nil
    }
    return entries
  }
}
