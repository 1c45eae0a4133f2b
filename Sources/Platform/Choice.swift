/// One variant of a seam, by name, with its options not yet typed: `layerNorm` or `{kind: layerNorm, epsilon: 1e-5}`.
public struct Choice: Sendable, Equatable, Codable, ExpressibleByStringLiteral {
  /// The registered name of the variant.
  public let name: String
  /// What was given beside the name; defaults fill the rest.
  public let options: [String: JSONValue]

  /// Creates a choice.
  public init(_ name: String, options: [String: JSONValue] = [:]) {
    self.name = name
    self.options = options
  }

  /// Creates a choice with default options.
  public init(stringLiteral value: String) { self.init(value) }

  /// Decodes a name, or an object whose `kind` is the name.
  public init(from decoder: any Decoder) throws {
    switch try JSONValue(from: decoder) {
    case .string(let name):
      self.init(name)
    case .object(var object):
      guard case .string(let name)? = object.removeValue(forKey: "kind") else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "the key 'kind' with a name is missing"))
      }
      self.init(name, options: object)
    default:
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath, debugDescription: "wanted a name, or a group of keys with 'kind'"))
    }
  }

  /// Encodes the name alone when there are no options, else `kind` and the options in the order of their keys.
  public func encode(to encoder: any Encoder) throws {
    guard !options.isEmpty else { return try name.encode(to: encoder) }
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: Key(stringValue: "kind"))
    for (key, value) in options.sorted(by: { $0.key < $1.key }) {
      try container.encode(value, forKey: Key(stringValue: key))
    }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  /// The options as `Options`, defaults filled in from `Options()`.
  ///
  /// - Throws: `Failure` for an unknown key, a wrong type or an impossible value, naming `place` and the key.
  public func decodeOptions<Options: DefaultedOptions>(_: Options.Type, at place: String) throws(Failure)
    -> Options
  {
    let tree = JSONValue.encoding(Options()).overlaid(with: .object(options))
    let options = try StrictDecoder.decode(Options.self, from: tree, at: place, separator: ".")
    try located(place) { () throws(Failure) in try options.check() }
    return options
  }
}

/// Options of a variant: codable, with a default for every key.
public protocol DefaultedOptions: RangedKeys, Equatable {
  /// The defaults.
  init()
  /// Checks what types and ranges alone cannot; by default there is nothing to check.
  ///
  /// - Throws: `Failure` naming the option that is out of range.
  func validate() throws(Failure)
}

extension DefaultedOptions {
  /// No numbers.
  public static var ranges: [String: KeyRange] { [:] }
  /// Everything that decodes and is in its range is right.
  public func validate() throws(Failure) {}

  /// Checks ranges, then what `validate` checks.
  ///
  /// - Throws: `Failure` naming the option that is not right.
  public func check() throws(Failure) {
    try requireRanges(usual: .encoding(Self()))
    try validate()
  }
}

/// Refuses an option that is out of its range.
///
/// - Throws: `Failure` that names the option and its value.
public func requireOption<Value>(
  _ key: String, _ value: Value, _ holds: Bool, _ remedy: String
) throws(Failure) {
  if !holds { throw Failure("\(key) is \(value)", at: key, mend: remedy) }
}

/// Options of a variant that has none.
public struct NoOptions: DefaultedOptions {
  private enum Keys: CodingKey {}

  /// The only value.
  public init() {}

  /// Reads an object, so that any key in it is one that nobody knows.
  public init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: Keys.self) }
}
