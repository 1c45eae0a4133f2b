extension RandomNumberGenerator {
  /// A Double uniform on [0, 1): the upper 53 bits of one word, times 2⁻⁵³.
  package mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A Double uniform on `range`, from one word.
  package mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// Whether something of that probability happens; takes one word whatever the probability.
  package mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// An integer uniform on 0..<bound without bias: the upper word of word·bound, redrawn in the rare case
  /// that would favour some values (Lemire, 2019). Needs one word nearly always.
  package mutating func uniformIndex(below bound: Int) -> Int {
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
