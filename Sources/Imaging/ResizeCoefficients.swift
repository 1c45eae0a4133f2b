/// What each output position of one axis gathers: Pillow's weights in 22-bit fixed point.
struct ResizeCoefficients {
  /// Fraction bits of a weight: 8-bit samples times weights, summed, fit in 32 bits.
  static let fractionBits: Int32 = 22

  /// The first input position of each output position.
  private(set) var starts: [Int] = []
  /// How many input positions each output position gathers.
  private(set) var counts: [Int] = []
  /// Room for the weights of one output position in `weights`.
  let taps: Int
  /// The weights of output position i, from index i·taps.
  private(set) var weights: [Int32]

  /// The weights for an axis shrunk or stretched from `input` to `output` positions.
  ///
  /// - Parameters:
  ///   - range: the output positions wanted.
  ///   - reversed: whether they are wanted last first.
  init(from input: Int, to output: Int, filter: ResizeFilter, range: Range<Int>, reversed: Bool) {
    self.init(
      from: 0, length: Double(input), limit: input, to: output, filter: filter, range: range,
      reversed: reversed)
  }

  /// The weights for a stretch of an axis that begins at `origin` and is `length` positions long, both in fractions of
  /// positions; those from 0 to `limit` exist.
  init(
    from origin: Double, length: Double, limit: Int, to output: Int, filter: ResizeFilter, range: Range<Int>,
    reversed: Bool
  ) {
    let scale = length / Double(output)
    let stretch = max(scale, 1)
    let inverse = 1 / stretch
    let support = filter.support * stretch
    taps = Int(support.rounded(.up)) * 2 + 1
    weights = [Int32](repeating: 0, count: taps * range.count)
    starts.reserveCapacity(range.count)
    counts.reserveCapacity(range.count)
    var values = [Double](repeating: 0, count: taps)
    for index in range.indices {
      let position = reversed ? range.upperBound - 1 - (index - range.lowerBound) : index
      let center = origin + (Double(position) + 0.5) * scale
      let start = max(Int(center - support + 0.5), 0)
      let count = min(Int(center + support + 0.5), limit) - start
      var sum = 0.0
      for tap in 0..<count {
        values[tap] = filter.weight(at: (Double(tap + start) - center + 0.5) * inverse)
        sum += values[tap]
      }
      let first = starts.count * taps
      for tap in 0..<count {
        let exact = (sum == 0 ? values[tap] : values[tap] / sum) * Double(1 << Self.fractionBits)
        weights[first + tap] = Int32(exact.rounded(.toNearestOrAwayFromZero))
      }
      starts.append(start)
      counts.append(count)
    }
  }

  /// The input positions that are gathered at all.
  var inputRange: Range<Int> {
    var lower = Int.max
    var upper = 0
    for (start, count) in zip(starts, counts) {
      lower = min(lower, start)
      upper = max(upper, start + count)
    }
    return lower..<upper
  }
}
