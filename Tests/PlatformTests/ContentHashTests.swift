import Platform
import Testing

@Suite struct ContentHashTests {
  private func hash(_ bytes: [UInt8], seed: UInt32 = 0) -> ContentHash {
    bytes.withUnsafeBytes { ContentHash(of: $0, seed: seed) }
  }

  /// The verification of SMHasher, the author's own test suite: keys of 0 to 255 bytes, then all their results.
  @Test func agreesWithTheAuthorsVerificationValue() {
    var results: [UInt8] = []
    for length in 0..<256 {
      let result = hash((0..<length).map { UInt8($0) }, seed: UInt32(256 - length))
      for word in [result.low, result.high] { results += (0..<8).map { UInt8(word >> (8 * $0) & 255) } }
    }
    #expect(UInt32(truncatingIfNeeded: hash(results).low) == 0x6384_BA69)
  }
}
