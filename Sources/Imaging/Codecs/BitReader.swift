/// Bits of bytes, the highest of a byte first.
struct BitReader {
  /// More bits were asked for than there are.
  struct EndOfBits: Error {}

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The unsigned number in the next `count` bits, at most 32.
  mutating func bits(_ count: Int) throws(EndOfBits) -> Int {
    let start = position
    try skip(count)
    return (start..<position).reduce(0) { $0 << 1 | Int(bytes[$1 >> 3] >> UInt8(7 - $1 & 7)) & 1 }
  }

  /// Whether the next bit is 1.
  mutating func flag() throws(EndOfBits) -> Bool { try bits(1) == 1 }

  /// Passes over bits.
  mutating func skip(_ count: Int) throws(EndOfBits) {
    guard position + count <= 8 * bytes.count else { throw EndOfBits() }
    position += count
  }

  /// The number 2ⁿ − 1 + b, of n zeros, a one and the n bits of b; above 32 bits it is not there.
  mutating func exponentialGolomb() throws(EndOfBits) -> Int {
    var zeros = 0
    while try !flag() {
      zeros += 1
      guard zeros <= 32 else { throw EndOfBits() }
    }
    return try (1 << zeros) - 1 + bits(zeros)
  }
}
