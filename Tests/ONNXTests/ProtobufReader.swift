import Foundation

/// Reads protobuf messages by their wire format alone (protobuf.dev, "Encoding"): nothing of what writes them is used.
struct ProtobufReader {
  enum Field {
    case integer(Int)
    case bits32(UInt32)
    case bytes(ArraySlice<UInt8>)
  }

  struct Malformed: Error {
    let offset: Int
  }

  /// The fields of a message, in their order.
  static func fields(_ bytes: ArraySlice<UInt8>) throws -> [(number: Int, field: Field)] {
    var reader = ProtobufReader(rest: bytes)
    var result: [(Int, Field)] = []
    while !reader.rest.isEmpty {
      let tag = try reader.varint()
      switch tag & 7 {
      case 0: result.append((Int(tag >> 3), .integer(Int(Int64(bitPattern: try reader.varint())))))
      case 2: result.append((Int(tag >> 3), .bytes(try reader.take(Int(try reader.varint())))))
      case 5:
        let bits = try reader.take(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        result.append((Int(tag >> 3), .bits32(bits)))
      default: throw Malformed(offset: reader.rest.startIndex)
      }
    }
    return result
  }

  private var rest: ArraySlice<UInt8>

  private mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard let byte = rest.popFirst() else { break }
      value |= UInt64(byte & 0x7f) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw Malformed(offset: rest.startIndex)
  }

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw Malformed(offset: rest.startIndex) }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
