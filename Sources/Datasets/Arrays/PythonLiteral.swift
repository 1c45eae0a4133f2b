/// A value in Python's notation, of the kinds that NumPy writes into the headers of its files.
enum PythonLiteral: Equatable {
  case text(String)
  case number(Int)
  case truth(Bool)
  /// A tuple or a list.
  case sequence([PythonLiteral])
  case dictionary([String: PythonLiteral])

  /// Reads a text that is one value and blanks; nil when it is anything else.
  init?(_ text: some Collection<UInt8>) {
    var reader = Reader(rest: Array(text)[...])
    guard let value = reader.value(depth: 0), reader.peek() == nil else { return nil }
    self = value
  }

  private struct Reader {
    /// Headers of arrays of records nest; no array that is read does.
    private static let greatestDepth = 8

    var rest: ArraySlice<UInt8>

    /// The next byte that is no blank.
    mutating func peek() -> UInt8? {
      rest = rest.drop { $0 == UInt8(ascii: " ") || (9...13).contains($0) }
      return rest.first
    }

    /// Takes `byte` where it comes next.
    private mutating func take(_ byte: Character) -> Bool {
      guard peek() == byte.asciiValue else { return false }
      rest.removeFirst()
      return true
    }

    private mutating func take(word: String) -> Bool {
      guard rest.starts(with: word.utf8) else { return false }
      rest.removeFirst(word.utf8.count)
      return true
    }

    mutating func value(depth: Int) -> PythonLiteral? {
      guard depth <= Self.greatestDepth, let first = peek() else { return nil }
      switch Character(UnicodeScalar(first)) {
      case "'", "\"": return text().map { .text($0) }
      case "{": return dictionary(depth: depth)
      case "(": return sequence(to: ")", depth: depth)
      case "[": return sequence(to: "]", depth: depth)
      case "0"..."9": return number().map { .number($0) }
      default:
        if take(word: "True") { return .truth(true) }
        return take(word: "False") ? .truth(false) : nil
      }
    }

    private mutating func text() -> String? {
      let quote = rest.removeFirst()
      var bytes: [UInt8] = []
      while let byte = rest.popFirst() {
        if byte == quote { return String(decoding: bytes, as: UTF8.self) }
        if byte == UInt8(ascii: "\\"), rest.popFirst() == nil { return nil }
        bytes.append(byte)
      }
      return nil
    }

    /// Decimal digits; Python 2 wrote an `L` behind them.
    private mutating func number() -> Int? {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      rest = rest.dropFirst(digits.count)
      _ = take(word: "L")
      return Int(String(decoding: digits, as: UTF8.self))
    }

    private mutating func sequence(to end: Character, depth: Int) -> PythonLiteral? {
      rest.removeFirst()
      var values: [PythonLiteral] = []
      while !take(end) {
        guard let value = value(depth: depth + 1) else { return nil }
        values.append(value)
        guard take(",") || peek() == end.asciiValue else { return nil }
      }
      return .sequence(values)
    }

    private mutating func dictionary(depth: Int) -> PythonLiteral? {
      rest.removeFirst()
      var values: [String: PythonLiteral] = [:]
      while !take("}") {
        guard case .text(let key)? = value(depth: depth + 1), take(":"),
          let value = value(depth: depth + 1), values.updateValue(value, forKey: key) == nil
        else { return nil }
        guard take(",") || peek() == UInt8(ascii: "}") else { return nil }
      }
      return .dictionary(values)
    }
  }
}
