/// Decodes typed values from a `JSONValue` tree and refuses what it does not know.
public enum StrictDecoder {
  /// Decodes `tree` as `T`; every key must be known, every type must fit.
  ///
  /// Key paths are appended to `place` after `separator`.
  ///
  /// - Throws: `Failure` that names `place`, the key path, what was found, what is allowed and the nearest spelling.
  public static func decode<T: Decodable>(
    _: T.Type, from tree: JSONValue, at place: String, separator: String = ": "
  ) throws(Failure) -> T {
    func join(_ path: [String]) -> String {
      path.isEmpty ? place : place + separator + path.joined(separator: ".")
    }
    let record = KeyRecord()
    let value: T
    do {
      value = try T(from: TreeDecoder(value: tree, codingPath: [], record: record))
    } catch let failure as Failure {
      throw failure
    } catch let error as DecodingError {
      throw failure(for: error, at: join)
    } catch {
      throw Failure("\(error)", at: place, mend: "check the value")
    }
    if let (path, key, allowed) = record.firstUnknown() {
      throw Failure(
        "unknown key '\(key.shortened(to: 100))'", at: join(path + [key]),
        mend: Spelling.remedy(for: key, among: allowed))
    }
    return value
  }

  private static func failure(for error: DecodingError, at join: ([String]) -> String) -> Failure {
    let (context, missing): (DecodingError.Context, String?) =
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
        (context, nil)
      case .keyNotFound(let key, let context): (context, key.stringValue)
      @unknown default: (.init(codingPath: [], debugDescription: "\(error)"), nil)
      }
    let path = join(context.codingPath.map(\.stringValue) + (missing.map { [$0] } ?? []))
    if missing != nil { return Failure("a required key is missing", at: path, mend: "add it") }
    return Failure(context.debugDescription, at: path, mend: "correct the value")
  }

}

/// Which keys each object was asked for, so that those nobody asked for are errors.
private final class KeyRecord {
  private var objects: [(path: [String], present: Set<String>, asked: [String])] = []

  func open(_ path: [String], _ present: some Sequence<String>) -> Int {
    objects.append((path, Set(present), []))
    return objects.count - 1
  }

  func ask(_ object: Int, _ key: String) {
    if !objects[object].asked.contains(key) { objects[object].asked.append(key) }
  }

  func firstUnknown() -> (path: [String], key: String, allowed: [String])? {
    for object in objects {
      if let key = object.present.subtracting(object.asked).sorted().first {
        return (object.path, key, object.asked)
      }
    }
    return nil
  }
}

private struct TreeDecoder: Decoder, SingleValueDecodingContainer {
  let value: JSONValue
  let codingPath: [any CodingKey]
  let record: KeyRecord
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy _: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let object) = value else { throw mismatch("a group of keys") }
    let index = record.open(codingPath.map(\.stringValue), object.keys)
    return KeyedDecodingContainer(ObjectContainer<Key>(decoder: self, object: object, index: index))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let array) = value else { throw mismatch("a list") }
    return ListContainer(decoder: self, array: array)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func child(_ value: JSONValue, _ key: any CodingKey) -> TreeDecoder {
    TreeDecoder(value: value, codingPath: codingPath + [key], record: record)
  }

  func mismatch(_ wanted: String) -> DecodingError {
    .typeMismatch(
      JSONValue.self,
      .init(codingPath: codingPath, debugDescription: "found \(value.summary), wanted \(wanted)"))
  }

  func decodeNil() -> Bool { value == .null }

  func decode(_: Bool.Type) throws -> Bool {
    guard case .bool(let flag) = value else { throw mismatch("true or false") }
    return flag
  }

  func decode(_: String.Type) throws -> String {
    guard case .string(let text) = value else { throw mismatch("text") }
    return text
  }

  func decode(_: Double.Type) throws -> Double {
    switch value {
    case .number(let number) where number.isFinite: return number
    case .integer(let integer): return Double(integer)
    default: throw mismatch("a finite number")
    }
  }

  func decode(_: Float.Type) throws -> Float {
    let number = Float(try decode(Double.self))
    guard number.isFinite else { throw mismatch("a number of single precision") }
    return number
  }

  func decode(_: Int.Type) throws -> Int { try integer() }
  func decode(_: Int8.Type) throws -> Int8 { try integer() }
  func decode(_: Int16.Type) throws -> Int16 { try integer() }
  func decode(_: Int32.Type) throws -> Int32 { try integer() }
  func decode(_: Int64.Type) throws -> Int64 { try integer() }
  func decode(_: UInt.Type) throws -> UInt { try integer() }
  func decode(_: UInt8.Type) throws -> UInt8 { try integer() }
  func decode(_: UInt16.Type) throws -> UInt16 { try integer() }
  func decode(_: UInt32.Type) throws -> UInt32 { try integer() }
  func decode(_: UInt64.Type) throws -> UInt64 { try integer() }

  /// A name of a closed set may be written as its registered name or not, as those of variants; an unknown one is refused
  /// with the names that there are.
  func decode<T: Decodable>(_: T.Type) throws -> T {
    guard case .string(let text) = value, let set = T.self as? any CaseIterable.Type else {
      return try T(from: self)
    }
    let names = rawNames(of: set)
    if names.isEmpty || names.contains(text) { return try T(from: self) }
    guard let name = names.first(where: { plainName($0) == plainName(text) }) else {
      throw mismatch("one of \(names.joined(separator: ", "))")
    }
    return try T(from: TreeDecoder(value: .string(name), codingPath: codingPath, record: record))
  }

  private func rawNames<Cases: CaseIterable>(of _: Cases.Type) -> [String] {
    Cases.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
  }

  private func integer<I: FixedWidthInteger>() throws -> I {
    switch value {
    case .integer(let integer):
      if let exact = I(exactly: integer) { return exact }
    case .number(let number):
      if let exact = I(exactly: number) { return exact }
    default: break
    }
    throw mismatch(I.isSigned ? "a whole number" : "a whole number, not negative")
  }
}

private struct ObjectContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: TreeDecoder
  let object: [String: JSONValue]
  let index: Int
  var codingPath: [any CodingKey] { decoder.codingPath }
  var allKeys: [Key] { object.keys.sorted().compactMap(Key.init(stringValue:)) }

  func contains(_ key: Key) -> Bool {
    decoder.record.ask(index, key.stringValue)
    return object[key.stringValue] != nil
  }

  func decodeNil(forKey key: Key) throws -> Bool { try value(key) == .null }

  func decode<T: Decodable>(_: T.Type, forKey key: Key) throws -> T {
    try decoder.child(try value(key), key).decode(T.self)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try decoder.child(try value(key), key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder.child(try value(key), key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { decoder }
  func superDecoder(forKey key: Key) throws -> any Decoder { decoder.child(try value(key), key) }

  private func value(_ key: Key) throws -> JSONValue {
    decoder.record.ask(index, key.stringValue)
    guard let value = object[key.stringValue] else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "missing"))
    }
    return value
  }
}

private struct ListContainer: UnkeyedDecodingContainer {
  let decoder: TreeDecoder
  let array: [JSONValue]
  private(set) var currentIndex = 0
  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { array.count }
  var isAtEnd: Bool { currentIndex >= array.count }

  init(decoder: TreeDecoder, array: [JSONValue]) {
    self.decoder = decoder
    self.array = array
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, array[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_: T.Type) throws -> T { try next().decode(T.self) }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws
    -> KeyedDecodingContainer<Nested>
  {
    try next().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next().unkeyedContainer()
  }
  mutating func superDecoder() throws -> any Decoder { try next() }

  private mutating func next() throws -> TreeDecoder {
    guard !isAtEnd else { throw decoder.mismatch("a longer list") }
    defer { currentIndex += 1 }
    return decoder.child(array[currentIndex], ListIndex(currentIndex))
  }
}

private struct ListIndex: CodingKey {
  let index: Int
  init(_ index: Int) { self.index = index }
  var stringValue: String { "\(index)" }
  var intValue: Int? { index }
  init?(stringValue: String) { return nil }
  init?(intValue: Int) { index = intValue }
}
