import CImageKernels
import Platform

/// What each output position of one axis gathers: Pillow's weights, in 22-bit fixed point for samples of 8 and 16 bits, in
/// double precision for fractions.
struct ResizeCoefficients {
  /// Fraction bits of a weight: 8-bit samples times weights, summed, fit in 32 bits.
  static let fractionBits = IK_FRACTION_BITS

  /// The first input position of each output position.
  private(set) var starts: [Int32] = []
  /// How many input positions each output position gathers.
  private(set) var counts: [Int32] = []
  /// Room for the weights of one output position in `weights`.
  let taps: Int
  /// The weights of output position i, from index i·taps; empty for fractions.
  private(set) var weights: [Int32] = []
  /// The same for fractions; empty for other samples.
  private(set) var exactWeights: [Double] = []
  /// The input positions that are gathered at all.
  private(set) var inputRange = Int.max..<Int.max
  // For the kernels on bytes: weights by pairs of neighbours, split in two parts of 16 bits.
  private var pairs: [Int32] = []
  private let pairStride: Int
  private var splitWeights: [UInt32] = []

  /// The weights for an axis shrunk or stretched from `input` to `output` positions.
  ///
  /// - Parameters:
  ///   - range: the output positions wanted.
  ///   - reversed: whether they are wanted last first.
  ///   - format: that of the samples that are gathered.
  init(
    from input: Int, to output: Int, filter: ResizeFilter, range: Range<Int>, reversed: Bool,
    of format: SampleFormat
  ) {
    self.init(
      from: 0, length: Double(input), limit: input, to: output, filter: filter, range: range,
      reversed: reversed, of: format)
  }

  /// The weights for a stretch of an axis that begins at `origin` and is `length` positions long, both in fractions of
  /// positions; those from 0 to `limit` exist.
  init(
    from origin: Double, length: Double, limit: Int, to output: Int, filter: ResizeFilter, range: Range<Int>,
    reversed: Bool, of format: SampleFormat
  ) {
    let scale = length / Double(output)
    let stretch = max(scale, 1)
    let inverse = 1 / stretch
    let support = filter.support * stretch
    taps = Int(support.rounded(.up)) * 2 + 1
    pairStride = (taps + 3) / 4 * 2
    let isExact = format == .float
    if isExact {
      exactWeights = [Double](repeating: 0, count: taps * range.count)
    } else {
      weights = [Int32](repeating: 0, count: taps * range.count)
      splitWeights = [UInt32](repeating: 0, count: 2 * pairStride * range.count)
      pairs.reserveCapacity(range.count)
    }
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
        let share = sum == 0 ? values[tap] : values[tap] / sum
        guard !isExact else {
          exactWeights[first + tap] = share
          continue
        }
        let exact = share * Double(1 << Self.fractionBits)
        // Half away from zero.
        let weight = Int32(exact < 0 ? exact - 0.5 : exact + 0.5)
        weights[first + tap] = weight
        let word = 2 * (starts.count * pairStride + tap / 2)
        let shift = UInt32(tap % 2 * 16)
        splitWeights[word] |= UInt32(bitPattern: weight & (1 << IK_LOW_BITS - 1)) << shift
        splitWeights[word + 1] |= (UInt32(bitPattern: weight >> IK_LOW_BITS) & 0xffff) << shift
      }
      inputRange =
        min(
          inputRange.lowerBound, start)..<max(
          inputRange.upperBound == Int.max ? 0 : inputRange.upperBound, start + count)
      starts.append(Int32(start))
      counts.append(Int32(count))
      if !isExact { pairs.append(Int32((count + 1) / 2)) }
    }
  }

  /// Calls `body` with what the kernels on bytes take.
  func withAxis(_ body: (ik_axis) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      pairs.withUnsafeBufferPointer { pairs in
        splitWeights.withUnsafeBufferPointer { weights in
          body(
            ik_axis(
              count: starts.count, starts: starts.baseAddress, pairs: pairs.baseAddress,
              weights: weights.baseAddress, stride: pairStride, limit: inputRange.upperBound))
        }
      }
    }
  }
}
