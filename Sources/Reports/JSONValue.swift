/// Any JSON, for files whose writers may add keys.
enum JSONValue: Decodable, Sendable, Equatable {
  /// A number.
  case number(Double)
  /// A text.
  case text(String)
  /// An object.
  case object([String: JSONValue])
  /// An array.
  case array([JSONValue])
  /// `null`, `true` or `false`.
  case other

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let object = try? container.decode([String: JSONValue].self) {
      self = .object(object)
    } else if let array = try? container.decode([JSONValue].self) {
      self = .array(array)
    } else {
      self = .other
    }
  }

  /// The value of an object's key.
  subscript(key: String) -> JSONValue? {
    if case .object(let entries) = self { entries[key] } else { nil }
  }

  /// The number, where this is one.
  var number: Double? {
    if case .number(let value) = self { value } else { nil }
  }

  /// The text, where this is one.
  var text: String? {
    if case .text(let value) = self { value } else { nil }
  }
}
