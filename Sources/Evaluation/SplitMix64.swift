/// A small seeded generator (Steele, Lea and Flood, 2014) for shuffles; not for cryptography.
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// `rows` in random order (Fisher and Yates); unlike `shuffled(using:)` the same in every Swift release.
  mutating func shuffled(_ rows: [Int]) -> [Int] {
    var result = rows
    for last in stride(from: rows.count - 1, to: 0, by: -1) {
      result.swapAt(last, Int(next().multipliedFullWidth(by: UInt64(last + 1)).high))
    }
    return result
  }
}
