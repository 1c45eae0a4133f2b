import Imaging
import Platform

/// Sums of the samples of some pixels and of their squares, a channel each, in units of 1/65535.
///
/// They are whole numbers (a sample of 8 bits counts 257 units), so that nothing is rounded before the mean and the
/// deviation are taken, and the order of images and threads has no influence. Enough for 10¹⁴ pixels. Fractions are summed
/// in double precision, each image for itself, in the order in which images are added.
struct ChannelSums: Sendable, Equatable {
  private(set) var pixels = 0
  private(set) var sums: [UInt128]
  private(set) var squares: [UInt128]
  private var fractionSums, fractionSquares: [Double]

  /// Sums of no pixel.
  init(channels: Int) {
    sums = [UInt128](repeating: 0, count: channels)
    squares = sums
    fractionSums = [Double](repeating: 0, count: channels)
    fractionSquares = fractionSums
  }

  /// The sums of an image.
  init(of image: Image) {
    self.init(channels: image.channels)
    pixels = image.width * image.height
    switch image.samples {
    case .eightBit(let samples): add(samples, unit: 257)
    case .sixteenBit(let samples): add(samples, unit: 1)
    case .float(let samples):
      for channel in 0..<image.channels {
        for place in stride(from: channel, to: samples.count, by: image.channels) {
          let value = Double(samples[place])
          fractionSums[channel] += value
          fractionSquares[channel] += value * value
        }
      }
    }
  }

  /// Adds the sums of other pixels of as many channels.
  mutating func add(_ other: ChannelSums) {
    precondition(sums.count == other.sums.count, "sums of \(sums.count) and \(other.sums.count) channels")
    pixels += other.pixels
    for channel in sums.indices {
      sums[channel] += other.sums[channel]
      squares[channel] += other.squares[channel]
      fractionSums[channel] += other.fractionSums[channel]
      fractionSquares[channel] += other.fractionSquares[channel]
    }
  }

  /// The mean of each channel, of values in 0…1.
  var mean: [Double] {
    zip(sums, fractionSums).map { Double($0) / (Double(pixels) * 65535) + $1 / Double(pixels) }
  }

  /// The standard deviation of each channel, of values in 0…1; the sum of squares is divided by the number of pixels.
  var standardDeviation: [Double] {
    let mean = mean
    return sums.indices.map { channel in
      guard fractionSquares[channel] == 0 else {
        let square = (Double(squares[channel]) / (65535 * 65535) + fractionSquares[channel]) / Double(pixels)
        return max(0, square - mean[channel] * mean[channel]).squareRoot()
      }
      let scaled = UInt128(pixels) * squares[channel] - sums[channel] * sums[channel]
      return Double(scaled).squareRoot() / (Double(pixels) * 65535)
    }
  }

  private mutating func add<Sample: IntegerSample>(_ samples: [Sample], unit: UInt128) {
    let channels = sums.count
    samples.withUnsafeBufferPointer { samples in
      for channel in 0..<channels {
        // A file has at most 2²⁸ pixels or so; 2³² of the greatest squares would fit.
        var (sum, square): (UInt64, UInt64) = (0, 0)
        var place = channel
        while place < samples.count {
          let value = UInt64(truncatingIfNeeded: samples[place])
          sum &+= value
          square &+= value &* value
          place += channels
        }
        sums[channel] += UInt128(sum) * unit
        squares[channel] += UInt128(square) * unit * unit
      }
    }
  }
}
