/// Text that may hold bytes that are no UTF-8, as names of files may: nothing of them is lost.
///
/// A byte b that is part of no valid UTF-8 is the character U+EF00 + b, of the private use area (U+EF80 … U+EFFF). Where
/// such a character itself stands in a name, its bytes are taken for invalid ones, so that each text stands for one
/// sequence of bytes alone.
extension String {
  private static let escapes: ClosedRange<UInt32> = 0xEF80...0xEFFF
  private static let escapeBase: UInt32 = 0xEF00
  // The first byte of every escape in UTF-8.
  private static let escapeLead: UInt8 = 0xEE

  /// The text of bytes from outside, such as those of a file's name.
  public init(rawBytes bytes: some Collection<UInt8>) {
    if let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(Self.escapeLead) {
      self = text
    } else {
      self = Self.escaped(Array(bytes))
    }
  }

  /// The bytes that the text stands for, for files and for the operating system.
  public var rawBytes: [UInt8] {
    guard utf8.contains(Self.escapeLead) else { return Array(utf8) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    for scalar in unicodeScalars {
      if Self.escapes.contains(scalar.value) {
        bytes.append(UInt8(scalar.value - Self.escapeBase))
      } else {
        bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
      }
    }
    return bytes
  }

  /// Calls `body` with the bytes and a zero after them, as the operating system takes a path.
  public func withRawPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    guard utf8.contains(Self.escapeLead) else { return withCString(body) }
    return (rawBytes + [0]).withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { characters in
        guard let start = characters.baseAddress else { preconditionFailure("there is at least the zero") }
        return body(start)
      }
    }
  }

  private static func escaped(_ bytes: [UInt8]) -> String {
    var scalars = UnicodeScalarView()
    func escape(_ part: ArraySlice<UInt8>, into scalars: inout UnicodeScalarView) {
      for byte in part {
        if let scalar = Unicode.Scalar(byte < 0x80 ? UInt32(byte) : escapeBase + UInt32(byte)) {
          scalars.append(scalar)
        }
      }
    }
    var parser = UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var start = 0
    while start < bytes.count {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        let scalar = UTF8.decode(encoded)
        if escapes.contains(scalar.value) {
          escape(bytes[start..<start + encoded.count], into: &scalars)
        } else {
          scalars.append(scalar)
        }
        start += encoded.count
      case .error(let length):
        escape(bytes[start..<start + length], into: &scalars)
        start += length
      case .emptyInput: return String(scalars)
      }
    }
    return String(scalars)
  }
}
