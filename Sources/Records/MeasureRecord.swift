/// How a measured number is read.
public enum MeasureKind: String, Codable, Sendable {
  /// A share of right answers, which `chance` can be compared with.
  case accuracy
  /// Another share, 0…1.
  case share
  /// A plain number.
  case number
}

/// Which of two values of a measure is the better one.
public enum MeasureDirection: String, Codable, Sendable {
  case higherIsBetter, lowerIsBetter
  /// Neither: the number describes and does not judge.
  case neither
}

/// A number of a result with what chance and the baselines come to.
public struct MeasureRecord: Codable, Sendable, Equatable {
  /// What was measured.
  public let name: String
  /// How it is read.
  public let kind: MeasureKind
  /// Which of two values is the better one.
  public let direction: MeasureDirection
  /// The number.
  public let value: Double
  /// What ignoring the features scores, for accuracies.
  public let chance: Double?
  /// The same number of other features, by their name.
  public let baselines: [String: Double]

  enum CodingKeys: CodingKey { case name, kind, direction, value, chance, baselines }

  /// Creates a record.
  public init(
    name: String, kind: MeasureKind, direction: MeasureDirection, value: Double, chance: Double?,
    baselines: [String: Double]
  ) {
    self.name = name
    self.kind = kind
    self.direction = direction
    self.value = value
    self.chance = chance
    self.baselines = baselines
  }

  /// Decodes a measure that has a name and a value. A kind that is absent, or not known, is a share; such a direction is
  /// that of accuracies, and else neither.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    name = try keys.decode(String.self, forKey: .name)
    value = try keys.decode(Double.self, forKey: .value)
    kind = (try? keys.decode(MeasureKind.self, forKey: .kind)) ?? .share
    // Files from before directions were written: of an accuracy it is known.
    let hasDirection = (try? keys.decode(String.self, forKey: .direction)) != nil
    direction =
      (try? keys.decode(MeasureDirection.self, forKey: .direction))
      ?? (kind == .accuracy && !hasDirection ? .higherIsBetter : .neither)
    chance = try? keys.decode(Double.self, forKey: .chance)
    baselines =
      (try? keys.decode([String: Lenient<Double>].self, forKey: .baselines))?.compactMapValues(\.value) ?? [:]
  }
}

/// A value that counts as absent where it cannot be decoded.
struct Lenient<Value: Decodable>: Decodable {
  let value: Value?

  init(from decoder: any Decoder) throws { value = try? Value(from: decoder) }
}
