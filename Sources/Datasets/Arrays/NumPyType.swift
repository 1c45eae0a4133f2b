/// A type of NumPy's in its short form: the order of bytes, a letter for the kind, and the bytes of a value, as in `<u2`.
struct NumPyType: Equatable {
  /// What values are.
  enum Kind: Character {
    case unsigned = "u"
    case signed = "i"
    case float = "f"
    case truth = "b"
  }

  let kind: Kind
  /// Bytes of a value.
  let byteCount: Int
  let isBigEndian: Bool

  /// Reads the short form of a type; nil for text, dates, complex numbers and objects.
  init?(_ text: String) {
    guard let order = text.first, "<>|=".contains(order),
      let kind = text.dropFirst().first.flatMap(Kind.init),
      let byteCount = Int(text.dropFirst(2)), [1, 2, 4, 8].contains(byteCount)
    else { return nil }
    (self.kind, self.byteCount, isBigEndian) = (kind, byteCount, order == ">")
  }

  /// As NumPy calls it: `uint16`.
  var name: String {
    switch kind {
    case .unsigned: "uint\(8 * byteCount)"
    case .signed: "int\(8 * byteCount)"
    case .float: "float\(8 * byteCount)"
    case .truth: "bool"
    }
  }
}
