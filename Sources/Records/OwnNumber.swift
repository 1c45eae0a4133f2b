import Platform

/// A number among an evaluator's own keys: all that records tell from before `measures` were written.
public struct OwnNumber: Sendable, Equatable {
  /// Its key: `top1`.
  public let key: String
  /// Its key in the object under `key`, such as a number of neighbours; nil where `key` has the number itself.
  public let detail: String?
  /// The number.
  public let value: Double
  /// What `chance` and other features score by the same keys.
  public let baselines: [String: Double]
}

extension EvaluatorRecord {
  /// The numbers among its own keys, accuracies first, then by their keys; details by length, then by name.
  public var ownNumbers: [OwnNumber] {
    let first = ["top1", "top5"]
    let baselines: [String: JSONValue] =
      if case .object(let found)? = self.keys[EvaluatorKey.baselines] { found } else { [:] }
    let keys = self.keys.keys.filter { $0 != EvaluatorKey.baselines.rawValue && $0 != "l2" }
    let order = first.filter(keys.contains) + keys.filter { !first.contains($0) }.sorted()
    return order.flatMap { key -> [OwnNumber] in
      func number(_ value: Double, _ detail: String?) -> OwnNumber {
        OwnNumber(
          key: key, detail: detail, value: value,
          baselines: baselines.compactMapValues { Self.baseline($0, key: key, detail: detail) })
      }
      guard case .object(let details)? = self.keys[key] else {
        return self.keys[key]?.number.map { [number($0, nil)] } ?? []
      }
      return details.sorted { ($0.key.count, $0.key) < ($1.key.count, $1.key) }.compactMap { detail, value in
        value.number.map { number($0, detail) }
      }
    }
  }

  /// A baseline is a number (of `top1`), or an object like the evaluator's own.
  private static func baseline(_ json: JSONValue, key: String, detail: String?) -> Double? {
    if let number = json.number { return key == "top1" ? number : nil }
    if let inner = json[key] { return inner.number ?? detail.flatMap { inner[$0]?.number } }
    return key == "top1" ? detail.flatMap { json[$0]?.number } : nil
  }
}
