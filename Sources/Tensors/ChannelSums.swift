#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

/// Sums over the rows of two matrices, channel by channel, in double precision.
struct ChannelSums {
  /// [Σ a of each channel | Σ a·b of each channel | rows], as lanes add them up.
  private var values: [Double]
  private let width: Int

  /// Number of rows.
  var rows: Double { values[2 * width] }
  /// Σ a of a channel.
  func sum(_ channel: Int) -> Double { values[channel] }
  /// Σ a·b of a channel.
  func product(_ channel: Int) -> Double { values[width + channel] }

  fileprivate init(width: Int) {
    self.width = width
    values = [Double](repeating: 0, count: 2 * width + 1)
  }

  fileprivate mutating func add(_ a: Tensor, times b: Tensor) {
    values[2 * width] += Double(a.rows)
    values.withUnsafeMutableBufferPointer { values in
      guard let sums = values.baseAddress else { return }
      vk_channel_sums(a.pointer, b.pointer, a.rows, a.width, sums, sums + a.width)
    }
  }

  fileprivate mutating func add(over collective: any Collective) { collective.allReduce(&values) }
}

extension Tape {
  /// Sums of a and a·b over the rows of this tape.
  func channelSums(of a: Tensor, times b: Tensor) -> ChannelSums {
    var sums = ChannelSums(width: a.width)
    timed(.norms) { sums.add(a, times: b) }
    return sums
  }

  /// All-reduces sums over the participants of the step; in training alone.
  ///
  /// Participants record the same operations, so that their collectives match, whatever their numbers are.
  func overWholeBatch(_ sums: ChannelSums) -> ChannelSums {
    guard context.mode == .training, let collective = context.collective else { return sums }
    var whole = sums
    timed(.collectives) { whole.add(over: collective) }
    return whole
  }

  /// y = (x − shift)·slope + offset, channel by channel.
  func channelAffine(
    _ x: UnsafePointer<Scalar>, shift: Tensor, slope: Tensor, offset: Tensor, rows: Int,
    into y: UnsafeMutablePointer<Scalar>
  ) {
    timed(.norms) {
      vk_channel_affine(
        x, shift.pointer, slope.pointer, offset.pointer, nil, nil, y, 0, rows, slope.count)
    }
  }

  /// y = beta·y + (x − shift)·slope + offset + other·factor, channel by channel, beta 0 or 1.
  func channelAffine(
    _ x: UnsafePointer<Scalar>, shift: Tensor, slope: Tensor, offset: Tensor,
    adding other: UnsafePointer<Scalar>, times factor: Tensor, beta: Scalar, rows: Int,
    into y: UnsafeMutablePointer<Scalar>
  ) {
    timed(.norms) {
      vk_channel_affine(
        x, shift.pointer, slope.pointer, offset.pointer, other, factor.pointer, y, beta == 0 ? 0 : 1, rows,
        slope.count)
    }
  }
}
