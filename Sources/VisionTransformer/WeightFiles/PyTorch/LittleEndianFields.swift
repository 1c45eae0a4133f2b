import Foundation

/// Whole numbers at places of a file; nil where a place lies outside of it.
struct LittleEndianFields {
  let data: Data

  /// The number of these bits at an offset.
  func callAsFunction<Bits: FixedWidthInteger & UnsignedInteger>(_ offset: Int, _: Bits.Type) -> Bits? {
    guard offset >= 0, offset <= data.count - MemoryLayout<Bits>.size else { return nil }
    return data.withUnsafeBytes {
      Bits(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Bits.self))
    }
  }

  /// The same as an `Int`; nil also where it is too large for one.
  func int(_ offset: Int, _ bits: (some FixedWidthInteger & UnsignedInteger).Type) -> Int? {
    self(offset, bits).flatMap { Int(exactly: $0) }
  }

  /// The bytes from an offset on.
  func bytes(_ offset: Int, count: Int) -> Data? {
    guard offset >= 0, count >= 0, offset <= data.count, count <= data.count - offset else { return nil }
    return data[offset..<offset + count]
  }
}
