/// The cyclic redundancy check with Castagnoli's polynomial (RFC 3720, appendix B.4), which frames TFRecords.
package enum CRC32C {
  /// The checksum of some bytes; of `123456789` it is `0xE3069283`.
  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var state = UInt32.max
    for byte in bytes { state = table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8 }
    return ~state
  }

  /// The masked form stored in TFRecords: a checksum of bytes that hold checksums would be weak.
  package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let checksum = checksum(bytes)
    return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { state, _ in state >> 1 ^ (state & 1 == 1 ? 0x82F6_3B78 : 0) }
  }
}
