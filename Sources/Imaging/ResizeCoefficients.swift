import CImageKernels
import Platform

/// What each output position of one axis gathers: Pillow's weights, in 22-bit fixed point for samples of 8 and 16 bits, in
/// double precision for fractions.
struct ResizeCoefficients {
  // The first input position of each output position, and how many it gathers.
  private var starts: [Int32] = []
  private var counts: [Int32] = []
  /// Room for the weights of one output position.
  private let taps: Int
  /// The input positions that are gathered at all.
  private(set) var inputRange = Int.max..<Int.max
  // For the kernels on bytes: weights by pairs of neighbours, split in two parts of 16 bits.
  private var pairs: [Int32] = []
  private let pairStride: Int
  private var splitWeights: [UInt32] = []
  // For the other kernels: the weights of output position i, from index i·taps.
  private var deepWeights: [Double] = []

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
    let isByte = format == .eightBit
    if isByte {
      splitWeights = [UInt32](repeating: 0, count: 2 * pairStride * range.count)
      pairs.reserveCapacity(range.count)
    } else {
      deepWeights = [Double](repeating: 0, count: taps * range.count)
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
      for tap in 0..<count {
        let share = sum == 0 ? values[tap] : values[tap] / sum
        switch format {
        case .eightBit: split(Self.fixed(share), tap)
        case .sixteenBit: deepWeights[starts.count * taps + tap] = Double(Self.fixed(share))
        case .float: deepWeights[starts.count * taps + tap] = share
        }
      }
      inputRange =
        min(
          inputRange.lowerBound, start)..<max(
          inputRange.upperBound == Int.max ? 0 : inputRange.upperBound, start + count)
      starts.append(Int32(start))
      counts.append(Int32(count))
      if isByte { pairs.append(Int32((count + 1) / 2)) }
    }
  }

  /// A weight in fixed point, half away from zero.
  private static func fixed(_ share: Double) -> Int32 {
    let exact = share * Double(1 << IK_FRACTION_BITS)
    return Int32(exact < 0 ? exact - 0.5 : exact + 0.5)
  }

  private mutating func split(_ weight: Int32, _ tap: Int) {
    let word = 2 * (starts.count * pairStride + tap / 2)
    let shift = UInt32(tap % 2 * 16)
    splitWeights[word] |= UInt32(bitPattern: weight & (1 << IK_LOW_BITS - 1)) << shift
    splitWeights[word + 1] |= (UInt32(bitPattern: weight >> IK_LOW_BITS) & 0xffff) << shift
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

  /// Calls `body` with what the kernels on other samples take.
  func withDeepAxis(_ body: (ik_deep_axis) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      counts.withUnsafeBufferPointer { counts in
        deepWeights.withUnsafeBufferPointer { weights in
          body(
            ik_deep_axis(
              count: starts.count, starts: starts.baseAddress, taps: counts.baseAddress,
              weights: weights.baseAddress, stride: taps, limit: inputRange.upperBound))
        }
      }
    }
  }
}
