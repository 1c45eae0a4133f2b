import Platform
import Records

/// Counts what is passed over, one thing after the other.
struct PassedOverTally {
  private struct Kind: Hashable {
    let kind, reason: String
    let isImageLike: Bool
  }

  private var found: [Kind: (count: Int, example: [UInt8])] = [:]
  private let prefix: String

  /// Counts things whose paths begin with `prefix`.
  init(prefix: String) { self.prefix = prefix }

  /// Counts one; the least path by its bytes is the example.
  mutating func add(_ kind: String, _ reason: String, _ path: [UInt8], isImageLike: Bool = false) {
    let key = Kind(kind: kind, reason: reason, isImageLike: isImageLike)
    guard let known = found[key] else {
      found[key] = (1, path)
      return
    }
    let isLess = path.lexicographicallyPrecedes(known.example)
    found[key] = (known.count + 1, isLess ? path : known.example)
  }

  /// All of them.
  var passedOver: PassedOver {
    PassedOver(
      found.sorted { ($0.key.kind, $0.key.reason) < ($1.key.kind, $1.key.reason) }.map { key, value in
        .init(
          kind: key.kind, reason: key.reason, count: value.count,
          example: prefix + String(rawBytes: value.example), isImageLike: key.isImageLike)
      })
  }
}
