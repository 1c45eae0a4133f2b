import Platform

extension Image {
  /// An image of floating-point samples `[height, width, channels]` as they are stored, missing ones not a number: mapped by
  /// the range in `options`, 0…1 without one, or left as they are where `keepsStoredValues` asks for it.
  ///
  /// - Throws: `Failure` when the range is one of another number of channels.
  package init(
    width: Int, height: Int, channels: Int, storedValues: [Float], options: DecodeOptions, place: String
  ) throws(Failure) {
    var samples = storedValues
    if !options.keepsStoredValues {
      let range = options.range ?? SampleRange(low: 0, high: 1)
      let ranges = try range.pairs(forChannels: channels, place: place)
      samples.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { mapToFractions(width * height, at: base, by: ranges) }
      }
    }
    self.init(width: width, height: height, channels: channels, samples: .float(samples))
  }
}

/// Maps the samples of `count` pixels, a range a channel as stored: low becomes 0, high 1, and a missing one 0.
func mapToFractions(_ count: Int, at samples: UnsafeMutablePointer<Float>, by ranges: [SampleRange.Pair]) {
  for (channel, range) in ranges.enumerated() {
    let scale = 1 / (range.high - range.low)
    for place in stride(from: channel, to: count * ranges.count, by: ranges.count) {
      let value = Float((Double(samples[place]) - range.low) * scale)
      samples[place] = value.isFinite ? value : 0
    }
  }
}
