extension UInt64 {
  /// The upper 53 bits as a share of 2⁵³: uniform in [0, 1) where the word is random.
  @inlinable package var unitFraction: Double { Double(self >> 11) * 0x1p-53 }
}

/// Draws from any generator, such as the `RandomStream` of a sample. Each takes words, so that how many were taken is
/// known.
extension RandomNumberGenerator {
  /// A Double uniform on [0, 1), from one word.
  @inlinable package mutating func uniform() -> Double {
    next().unitFraction
  }

  /// A Double uniform on `range`, from one word.
  @inlinable package mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// Whether something of that probability happens; takes one word whatever the probability.
  @inlinable package mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// An integer uniform on 0..<bound without bias: the upper word of word·bound, redrawn in the rare case
  /// that would favour some values (Lemire, 2019). Needs one word nearly always.
  @inlinable package mutating func uniformIndex(below bound: Int) -> Int {
    precondition(bound > 0, "nothing to draw from")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }
}
