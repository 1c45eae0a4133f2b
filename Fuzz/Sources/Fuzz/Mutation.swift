/// Breaks files, the same way for the same generator.
struct Mutation {
  let corpus: [(name: String, bytes: [UInt8])]

  /// A file of the corpus with one to six things done to it.
  func next(using generator: inout SplitMix64) -> (name: String, bytes: [UInt8]) {
    let original = corpus[Int.random(in: corpus.indices, using: &generator)]
    var bytes = original.bytes
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      guard !bytes.isEmpty else { break }
      change(&bytes, using: &generator)
    }
    // Broken checksums would hide most of what a PNG decoder and an unpickler do.
    if Bool.random(using: &generator) {
      mendChecksums(&bytes)
      leaveOutChecksums(&bytes)
    }
    return (original.name, bytes)
  }

  private func change(_ bytes: inout [UInt8], using generator: inout SplitMix64) {
    // Headers are where most decisions are taken.
    let reach = Bool.random(using: &generator) ? min(bytes.count, 700) : bytes.count
    let place = Int.random(in: 0..<reach, using: &generator)
    let length = min(Int.random(in: 1...40, using: &generator), bytes.count - place)
    switch Int.random(in: 0..<9, using: &generator) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][Int.random(in: 0..<6, using: &generator)]
    case 3: bytes.removeSubrange(place..<place + length)
    case 4: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
    case 5:
      let other = corpus[Int.random(in: corpus.indices, using: &generator)].bytes
      let start = Int.random(in: 0..<other.count, using: &generator)
      bytes.insert(contentsOf: other[start..<min(start + 200, other.count)], at: place)
    case 6: bytes.removeSubrange(place...)
    case 7:
      for index in place..<place + length { bytes[index] = UInt8.random(in: 0...255, using: &generator) }
    default: bytes.replaceSubrange(place..<place + length, with: repeatElement(bytes[place], count: length))
    }
  }

  private func mendChecksums(_ bytes: inout [UInt8]) {
    guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { return }
    var offset = 8
    while offset + 12 <= bytes.count {
      let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      guard offset + 12 + length <= bytes.count else { return }
      var crc: UInt32 = ~0
      for byte in bytes[offset + 4..<offset + 8 + length] {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
      }
      for index in 0..<4 {
        bytes[offset + 8 + length + index] = UInt8(truncatingIfNeeded: ~crc >> (24 - 8 * index))
      }
      offset += 12 + length
    }
  }

  /// Of a zip archive: torch writes 0 where it is told to take none.
  private func leaveOutChecksums(_ bytes: inout [UInt8]) {
    guard bytes.starts(with: [0x50, 0x4B, 3, 4]) else { return }
    for place in bytes.indices.dropLast(20) where bytes[place..<place + 4].elementsEqual([0x50, 0x4B, 1, 2]) {
      bytes.replaceSubrange(place + 16..<place + 20, with: repeatElement(0, count: 4))
    }
  }
}

/// Steele, Lea and Flood's generator (2014).
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
