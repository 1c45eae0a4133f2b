import Platform

/// A variant: a name, the recipe that it starts from, and the keys of it that it changes.
public struct StudyVariant: Codable, Sendable, Equatable {
  /// What it is called.
  public var name: String
  /// A recipe of its own, a file or a name; absent: the study's.
  public var base: String?
  /// Values by paths of keys: `model.norm: rmsNorm`.
  public var set: [String: JSONValue]?

  /// Creates a variant.
  public init(name: String, base: String? = nil, set: [String: JSONValue]? = nil) {
    self.name = name
    self.base = base
    self.set = set
  }
}

/// Variants that are compared in one table.
public struct StudyTable: Codable, Sendable, Equatable {
  /// The heading.
  public var name: String
  /// Keys of the recipe for all variants of the table.
  public var set: [String: JSONValue]?
  /// The variants.
  public var variants: [StudyVariant]?
  /// Keys with several values each: every combination is a variant, of each of `variants` where there are any.
  public var grid: [String: [JSONValue]]?

  /// Creates a table.
  public init(
    name: String, set: [String: JSONValue]? = nil, variants: [StudyVariant]? = nil,
    grid: [String: [JSONValue]]? = nil
  ) {
    self.name = name
    self.set = set
    self.variants = variants
    self.grid = grid
  }

  /// All variants: each listed one under each combination of the grid, whose keys are taken in alphabetical order. A
  /// combination is called by its values.
  public var cells: [StudyVariant] {
    let keys = (grid ?? [:]).sorted { $0.key < $1.key }
    guard !keys.isEmpty else { return variants ?? [] }
    var cells = variants ?? [StudyVariant(name: "")]
    if cells.isEmpty { cells = [StudyVariant(name: "")] }
    for (key, values) in keys {
      cells = cells.flatMap { cell in
        values.map { value in
          let name = Self.name(value)
          return StudyVariant(
            name: cell.name.isEmpty ? name : "\(cell.name), \(name)", base: cell.base,
            set: (cell.set ?? [:]).merging([key: value]) { $1 })
        }
      }
    }
    return cells
  }

  private static func name(_ value: JSONValue) -> String {
    switch value {
    case .array, .object: value.text
    case .string(let text): text
    default: value.summary
    }
  }
}

/// What every run of a study may take: `{steps: 2000}` or `{seconds: 90}`.
public enum StudyBudget: Codable, Sendable, Equatable {
  /// Optimiser steps.
  case steps(Int)
  /// Seconds of training. How many steps that is, is measured before a variant's first run: a schedule must know its
  /// length.
  case seconds(Double)

  private enum Key: String, CodingKey { case steps, seconds }

  /// Decodes one of the two keys.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    let steps = try keys.decodeIfPresent(Int.self, forKey: .steps)
    let seconds = try keys.decodeIfPresent(Double.self, forKey: .seconds)
    switch (steps, seconds) {
    case (let steps?, nil): self = .steps(steps)
    case (nil, let seconds?): self = .seconds(seconds)
    default:
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "wanted either steps or seconds"))
    }
  }

  /// Encodes the same.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Key.self)
    switch self {
    case .steps(let steps): try keys.encode(steps, forKey: .steps)
    case .seconds(let seconds): try keys.encode(seconds, forKey: .seconds)
    }
  }

  /// `2000 steps`, `90 s`.
  public var text: String {
    switch self {
    case .steps(let steps): "\(steps) steps"
    case .seconds(let seconds): seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
    }
  }

  func validate() throws(Failure) {
    let isRight =
      switch self {
      case .steps(let steps): (1...1 << 40).contains(steps)
      case .seconds(let seconds): seconds > 0 && seconds <= 1e8
      }
    if !isRight { throw Failure("a budget of \(text)", at: "", mend: "choose a number above 0") }
  }
}
