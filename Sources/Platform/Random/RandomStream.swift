import Foundation

/// Counter-based random numbers: Philox 4×32 with 10 rounds (Salmon et al., 2011).
///
/// A stream is fixed by (seed, purpose, epoch, sample); no draw depends on another stream, on the order of
/// threads or on where a run was interrupted.
public struct RandomStream: RandomNumberGenerator, Sendable {
  /// What the numbers are for; streams of different purposes never overlap.
  public enum Purpose: UInt32, Sendable {
    case initialValue = 1, order, augmentation, mask, replacement, dropPath, synthetic, split, resampling,
      mixing
  }

  private let key: (UInt32, UInt32)
  private var counter: (UInt32, UInt32, UInt32, UInt32)
  private var block: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
  private var unread = 0
  private var spareNormal: Double?

  /// Creates the stream of one sample in one epoch; `variant` separates several uses of one purpose.
  public init(seed: UInt64, purpose: Purpose, epoch: Int = 0, sample: Int = 0, variant: Int = 0) {
    key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = (
      0, UInt32(truncatingIfNeeded: sample), UInt32(truncatingIfNeeded: epoch),
      purpose.rawValue | UInt32(truncatingIfNeeded: variant) << 8
    )
  }

  /// Creates the stream that belongs to a name; the name's 64-bit FNV-1a hash takes the place of epoch and sample.
  public init(seed: UInt64, purpose: Purpose, name: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    self.init(
      seed: seed, purpose: purpose, epoch: Int(truncatingIfNeeded: hash >> 32),
      sample: Int(truncatingIfNeeded: hash & 0xffff_ffff))
  }

  /// The next 32 random bits.
  public mutating func next32() -> UInt32 {
    if unread == 0 {
      block = Self.philox(counter, key)
      counter.0 &+= 1
      unread = 4
    }
    unread -= 1
    switch unread {
    case 3: return block.0
    case 2: return block.1
    case 1: return block.2
    default: return block.3
    }
  }

  /// The next 64 random bits, the earlier word in the lower half.
  public mutating func next() -> UInt64 {
    let low = UInt64(next32())
    return low | UInt64(next32()) << 32
  }

  /// Uniform in [0, 1), 53 bits.
  public mutating func uniform() -> Double { next().unitFraction }

  /// Normal with mean 0 and variance 1 (Box & Muller, 1958); draws come in pairs.
  public mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    let radius = (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    spareNormal = radius * sin(angle)
    return radius * cos(angle)
  }

  /// An index below `count`: the upper half of a product of 128 bits, the same in every Swift release. Takes one word
  /// always, unlike `uniformIndex(below:)`, which redraws against a bias of 2⁻⁶⁴·count.
  public mutating func index(below count: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }

  /// A permutation of 0..<count (Fisher & Yates).
  public mutating func permutation(_ count: Int) -> [Int32] {
    var order = (0..<Int32(count)).map { $0 }
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, index(below: last + 1)) }
    return order
  }

  /// The block of four words that belongs to a counter and a key.
  package static func philox(
    _ counter: (UInt32, UInt32, UInt32, UInt32), _ key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let (high0, low0) = UInt32(0xD251_1F53).multipliedFullWidth(by: c.0)
      let (high1, low1) = UInt32(0xCD9E_8D57).multipliedFullWidth(by: c.2)
      c = (high1 ^ c.1 ^ k.0, low1, high0 ^ c.3 ^ k.1, low0)
      k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
    }
    return c
  }
}
