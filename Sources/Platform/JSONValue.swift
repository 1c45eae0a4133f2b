import Foundation

/// A tree of plain values: what recipes and options are before they become typed.
public enum JSONValue: Sendable, Equatable, Codable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Decodes any tree.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Encodes the tree as it is.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// The tree that an encodable value becomes; keys whose value is nil are absent.
  public static func encoding(_ value: some Encodable) -> JSONValue {
    do {
      return try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
    } catch {
      preconditionFailure("\(type(of: value)) cannot be encoded: \(error)")
    }
  }

  /// The tree as JSON on one line, keys sorted.
  public var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { preconditionFailure("a tree is always JSON") }
    return String(decoding: data, as: UTF8.self)
  }

  /// `self` with the entries of `other` laid over it: objects merge key by key, all else is replaced.
  ///
  /// An object whose `kind` differs is replaced whole, because its other keys belong to the old kind; an object
  /// without `kind` laid over a name adds its keys to the kind of that name.
  public func overlaid(with other: JSONValue) -> JSONValue {
    guard case .object(let above) = other else { return other }
    if case .string = self, above["kind"] == nil {
      return .object(above.merging(["kind": self]) { $1 })
    }
    guard case .object(let below) = self else { return other }
    if let old = below["kind"], let new = above["kind"], old != new { return other }
    return .object(below.merging(above) { $0.overlaid(with: $1) })
  }

  /// A short description for messages: the value itself when it is plain, its kind otherwise.
  public var summary: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "'\(value.shortened(to: 100))'"
    case .array: "a list"
    case .object: "a group of keys"
    }
  }

  /// The value of an object's key.
  public subscript(key: String) -> JSONValue? {
    if case .object(let entries) = self { entries[key] } else { nil }
  }

  /// The number, where this is one.
  public var number: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  /// The text, where this is one.
  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }
}
