import Foundation
import Platform

/// `evaluation.json` of a run folder: the newest evaluation, completed by what other evaluators found on the same sets
/// before, and under `earlier` those of other sets or other weights, newest first.
public enum EvaluationRecord {
  /// Older ones are dropped, so that the file stays small.
  static let earlierCount = 10

  /// The record that holds a report and what a record held before; text that is no record counts as none.
  ///
  /// - Throws: `Failure` when a score is not a finite number.
  public static func text(adding report: EvaluationReport, to record: Data?) throws(Failure) -> String {
    let new = decoded(Data(try report.json().utf8)) ?? [:]
    guard let record, let old = decoded(record), old["evaluators"] != nil else {
      return try text(new)
    }
    var others = [old.filter { $0.key != "earlier" }]
    if case .array(let entries)? = old["earlier"] {
      others += entries.compactMap { if case .object(let entry) = $0 { entry } else { nil } }
    }
    var merged = new
    if let place = others.firstIndex(where: { $0["identity"] != nil && $0["identity"] == new["identity"] }) {
      merged["evaluators"] = completed(evaluators(of: new), by: evaluators(of: others.remove(at: place)))
    }
    let measured = evaluators(of: new)
    let earlier = others.prefix(earlierCount).map { without(picturesOf: measured, $0) }
    if !earlier.isEmpty { merged["earlier"] = .array(earlier.map { .object($0) }) }
    return try text(merged)
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
    if case .object(let found)? = result["baselines"] {
      found.keys.contains { $0 != "chance" }
    } else {
      false
    }
  }

  private static func values(_ result: JSONValue) -> [[JSONValue?]] {
    guard case .array(let measures)? = result["measures"] else { return [] }
    return measures.map { [$0["name"], $0["value"]] }
  }

  /// The newer pictures have taken the place of the older ones.
  private static func without(picturesOf measured: Entries, _ entry: Entries) -> Entries {
    var entry = entry
    entry["evaluators"] = .object(
      Dictionary(
        uniqueKeysWithValues: evaluators(of: entry).map { name, result in
          guard measured[name]?["pictures"] != nil, case .object(let found) = result else {
            return (name, result)
          }
          return (name, .object(found.filter { $0.key != "pictures" }))
        }))
    return entry
  }

  private static func evaluators(of entry: Entries) -> Entries {
    if case .object(let found)? = entry["evaluators"] { found } else { [:] }
  }

  private static func decoded(_ data: Data) -> Entries? {
    guard case .object(let entries)? = try? JSONDecoder().decode(JSONValue.self, from: data) else {
      return nil
    }
    return entries
  }

  private static func text(_ entries: Entries) throws(Failure) -> String {
    try EvaluationReport.text(of: JSONValue.object(entries), at: "evaluation.json")
  }
}
