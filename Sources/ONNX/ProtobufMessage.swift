/// Writes one protobuf message: fields in any order, each a tag and its content (protobuf.dev, "Encoding").
///
/// Fields that hold their default are the caller's to leave out.
struct ProtobufMessage {
  /// What has been written.
  private(set) var bytes: [UInt8] = []

  /// A field of type int32, int64 or an enumeration; negative numbers take ten bytes.
  mutating func add(_ field: Int, integer: Int) {
    append(UInt64(field) << 3)
    append(UInt64(bitPattern: Int64(integer)))
  }

  /// A field of type float: four bytes, little-endian.
  mutating func add(_ field: Int, number: Float) {
    append(UInt64(field) << 3 | 5)
    let bits = number.bitPattern
    for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
  }

  /// A field of type string.
  mutating func add(_ field: Int, text: String) { add(field, content: Array(text.utf8)) }

  /// A field that is a message.
  mutating func add(_ field: Int, _ message: ProtobufMessage) { add(field, content: message.bytes) }

  /// The start of a field of bytes, or of a message, whose content somebody else writes behind it.
  mutating func begin(_ field: Int, byteCount: Int) {
    append(UInt64(field) << 3 | 2)
    append(UInt64(byteCount))
  }

  /// The fields of another message, behind those that are there.
  mutating func add(_ other: ProtobufMessage) { bytes += other.bytes }

  private mutating func add(_ field: Int, content: [UInt8]) {
    begin(field, byteCount: content.count)
    bytes += content
  }

  /// A variable-length number: seven bits a byte, the lowest first, the high bit set on all but the last.
  private mutating func append(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
