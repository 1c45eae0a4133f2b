/// A fingerprint of 128 bits: MurmurHash3_x64_128 (Appleby, 2011).
///
/// Two contents that differ by chance have the same fingerprint once in 2¹²⁸; contents made to collide are not kept apart.
package struct ContentHash: Hashable, Sendable {
  /// Its halves.
  package let low, high: UInt64

  package init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// The fingerprint of bytes.
  package init(of bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) {
    let (c1, c2): (UInt64, UInt64) = (0x87c3_7b91_1142_53d5, 0x4cf5_ad43_2745_937f)
    var (h1, h2) = (UInt64(seed), UInt64(seed))
    let whole = bytes.count & ~15
    for start in stride(from: 0, to: whole, by: 16) {
      let k1 = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      let k2 = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self))
      h1 ^= Self.rotated(k1 &* c1, 31) &* c2
      h1 = (Self.rotated(h1, 27) &+ h2) &* 5 &+ 0x52dc_e729
      h2 ^= Self.rotated(k2 &* c2, 33) &* c1
      h2 = (Self.rotated(h2, 31) &+ h1) &* 5 &+ 0x3849_5ab5
    }
    let (k1, k2) = Self.tail(bytes[whole...])
    h2 ^= Self.rotated(k2 &* c2, 33) &* c1
    h1 ^= Self.rotated(k1 &* c1, 31) &* c2
    h1 ^= UInt64(bytes.count)
    h2 ^= UInt64(bytes.count)
    h1 &+= h2
    h2 &+= h1
    h1 = Self.mixed(h1)
    h2 = Self.mixed(h2)
    h1 &+= h2
    h2 &+= h1
    self.init(low: h1, high: h2)
  }

  /// The fingerprint of text in UTF-8.
  package init(of text: String) {
    var text = text
    self = text.withUTF8 { Self(of: UnsafeRawBufferPointer($0)) }
  }

  /// The fingerprint of numbers, the same on machines of either byte order.
  package init(of words: [UInt64]) {
    self = words.map(\.littleEndian).withUnsafeBytes { Self(of: $0) }
  }

  /// Its 32 hexadecimal digits.
  package var text: String {
    [high, low].map { half in
      let digits = String(half, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// The last bytes, fewer than 16, as two words.
  private static func tail(_ bytes: Slice<UnsafeRawBufferPointer>) -> (UInt64, UInt64) {
    var words: (UInt64, UInt64) = (0, 0)
    for (place, byte) in bytes.enumerated() {
      if place < 8 {
        words.0 |= UInt64(byte) << (8 * UInt64(place))
      } else {
        words.1 |= UInt64(byte) << (8 * UInt64(place - 8))
      }
    }
    return words
  }

  private static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 {
    word << count | word >> (64 - count)
  }

  private static func mixed(_ word: UInt64) -> UInt64 {
    var word = word
    word = (word ^ word >> 33) &* 0xff51_afd7_ed55_8ccd
    word = (word ^ word >> 33) &* 0xc4ce_b9fe_1a85_ec53
    return word ^ word >> 33
  }
}
