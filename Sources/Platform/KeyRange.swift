import Foundation

/// The numbers that a key may have; of a list, each of its numbers.
public struct KeyRange: Sendable, Equatable, CustomStringConvertible {
  private let lowest: Double
  private let highest: Double
  private let includesLowest: Bool
  private let includesHighest: Bool

  /// `lowest` … `highest`.
  public static func from(_ lowest: Double, to highest: Double) -> KeyRange {
    KeyRange(lowest: lowest, highest: highest, includesLowest: true, includesHighest: true)
  }

  /// Above `lowest`, up to `highest`.
  public static func above(_ lowest: Double, to highest: Double) -> KeyRange {
    KeyRange(lowest: lowest, highest: highest, includesLowest: false, includesHighest: true)
  }

  /// From `lowest` to below `highest`.
  public static func from(_ lowest: Double, below highest: Double) -> KeyRange {
    KeyRange(lowest: lowest, highest: highest, includesLowest: true, includesHighest: false)
  }

  /// Above `lowest` and below `highest`.
  public static func above(_ lowest: Double, below highest: Double) -> KeyRange {
    KeyRange(lowest: lowest, highest: highest, includesLowest: false, includesHighest: false)
  }

  /// A share or a probability: 0 … 1.
  public static let share = from(0, to: 1)
  /// Whole numbers that count something there must be one of; as many as an exact `Double` can tell apart.
  public static let count = from(1, to: 0x1p53)

  /// Whether a number is one of them; no NaN is.
  public func contains(_ number: Double) -> Bool {
    (includesLowest ? number >= lowest : number > lowest)
      && (includesHighest ? number <= highest : number < highest)
  }

  /// `0 … 1`, `above 0, up to 1`, `0 … below 1`, `1 or more`.
  public var description: String {
    let from = Self.text(lowest)
    if highest >= 0x1p53 { return includesLowest ? "\(from) or more" : "above \(from)" }
    switch (includesLowest, includesHighest) {
    case (true, true): return "\(from) … \(Self.text(highest))"
    case (true, false): return "\(from) … below \(Self.text(highest))"
    case (false, true): return "above \(from), up to \(Self.text(highest))"
    case (false, false): return "above \(from), below \(Self.text(highest))"
    }
  }

  /// Large powers of ten as such: 1e9.
  private static func text(_ number: Double) -> String {
    let exponent = Int(log10(max(abs(number), 1)).rounded())
    if number >= 1e6, number == Double("1e\(exponent)") { return "1e\(exponent)" }
    return Int(exactly: number).map(String.init) ?? "\(number)"
  }
}

/// Keys of a recipe, with the ranges of those that are numbers.
///
/// A range says what is possible; `vitrail list keys` and docs/recipes.md show it. A test fails for a number without one.
public protocol RangedKeys: Codable, Sendable {
  /// Ranges by key. Seeds need none.
  static var ranges: [String: KeyRange] { get }
}

extension RangedKeys {
  /// Refuses the first number that is outside of its range.
  ///
  /// - Throws: `Failure` that names the key, its value and the range; `usual` are values to name beside it.
  public func requireRanges(usual: JSONValue = .null) throws(Failure) {
    let values = try JSONValue(measuring: self)
    for (key, range) in Self.ranges.sorted(by: { $0.key < $1.key }) {
      guard let value = values[key], !value.isWithin(range) else { continue }
      let usualValue = usual[key].map { "; \($0.text) is the default" } ?? ""
      let allowed =
        if case .array = value { "a list of one or more numbers, each \(range)" } else { "\(range)" }
      throw Failure(
        "\(key) is \(value.text.shortened(to: 100))", at: key,
        mend: "choose \(allowed)\(usualValue)")
    }
  }
}

extension JSONValue {
  /// The tree that a value becomes; what is not finite in it becomes a text that is in no range.
  fileprivate init(measuring value: some Encodable) throws(Failure) {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: Self.notFinite[0], negativeInfinity: Self.notFinite[1], nan: Self.notFinite[2])
    do {
      self = try JSONDecoder().decode(JSONValue.self, from: encoder.encode(value))
    } catch {
      throw Failure("values that cannot be written", at: "", mend: "check the values")
    }
  }

  private static let notFinite = ["+∞", "−∞", "not a number"]

  /// Whether all numbers are in the range, at least one of a list; what is no number is no matter of ranges.
  fileprivate func isWithin(_ range: KeyRange) -> Bool {
    switch self {
    case .integer(let value): range.contains(Double(value))
    case .number(let value): range.contains(value)
    case .array(let elements): !elements.isEmpty && elements.allSatisfy { $0.isWithin(range) }
    case .string(let text): !Self.notFinite.contains(text)
    default: true
    }
  }
}
