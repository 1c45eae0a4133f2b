import Imaging
import Platform

/// From where to where floating-point samples go as they are stored, a channel each, and how many there are none of.
struct StoredSpan: Sendable, Equatable {
  private(set) var images = 0
  /// The least and the greatest of each channel that are finite; nil where none is.
  private(set) var minimum, maximum: [Float?]
  /// Samples that are not finite.
  private(set) var missing = 0

  /// The span of no image.
  init(channels: Int) {
    minimum = [Float?](repeating: nil, count: channels)
    maximum = minimum
  }

  /// The span of an image that was read as it is stored.
  init(of image: Image) {
    self.init(channels: image.channels)
    images = 1
    guard case .float(let samples) = image.samples else { return }
    for channel in 0..<image.channels {
      var (least, greatest) = (Float.infinity, -Float.infinity)
      for place in stride(from: channel, to: samples.count, by: image.channels) {
        let sample = samples[place]
        guard sample.isFinite else {
          missing += 1
          continue
        }
        least = min(least, sample)
        greatest = max(greatest, sample)
      }
      if least <= greatest { (minimum[channel], maximum[channel]) = (least, greatest) }
    }
  }

  /// Adds the span of other images of as many channels.
  mutating func add(_ other: StoredSpan) {
    precondition(minimum.count == other.minimum.count, "spans of unequal numbers of channels")
    images += other.images
    missing += other.missing
    for channel in minimum.indices {
      minimum[channel] = [minimum[channel], other.minimum[channel]].compactMap(\.self).min()
      maximum[channel] = [maximum[channel], other.maximum[channel]].compactMap(\.self).max()
    }
  }
}
