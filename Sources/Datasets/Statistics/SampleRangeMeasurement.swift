import Foundation
import Imaging
import Platform

/// What the floating-point samples of a set range over, without the outermost: from where half a percent of the values
/// lie below to where half a percent lie above.
public struct SampleRangeMeasurement: Sendable, Equatable {
  /// The range; nil where the images have no floating-point samples.
  public let range: SampleRange?
  /// Images that were measured.
  public let images: Int

  /// The share of the values that lie below the range, and above it.
  public static let outerShare = 0.005
  /// Images that tell whether there are floating-point samples at all.
  private static let glance = 16
  /// Values of a channel that are taken of an image at most, evenly over its pixels.
  private static let valuesOfImage = 4096

  /// Measures the images of a set as they are stored, missing samples left out.
  ///
  /// Channels are measured each for itself where all images have equally many, else together. Images that cannot be read
  /// are left out. The result is independent of threads.
  ///
  /// - Parameters:
  ///   - channels: those of the model that images are measured for; nil: of four, the fourth is taken as the file says.
  ///   - limit: the most images that are measured; of a larger set that many are drawn by `seed`.
  ///   - onProgress: told how many images of how many are done.
  /// - Throws: `Failure` when a channel has one value everywhere.
  public init(
    of source: any ImageSource, channels: Int? = nil, limit: Int = 256, seed: UInt64,
    options: LoadingOptions = LoadingOptions(),
    onProgress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(Failure) {
    var loading = options
    if let channels { loading.decoding = options.decoding(for: channels) }
    loading.decoding.keepsStoredValues = true
    let indices = imagesStandingFor(source.count, limit: limit, seed: seed)
    let glance = ImageScan(
      source: source, indices: imagesStandingFor(source.count, limit: Self.glance, seed: seed),
      loading: loading
    ) { (reader) throws(Failure) -> Bool in reader.sampleFormat == .float }
    var hasFractions = false
    try glance.run { _, outcome in
      if case .found(true) = outcome { hasFractions = true }
    }
    guard hasFractions else {
      (range, images) = (nil, 0)
      return
    }
    let scan = ImageScan(source: source, indices: indices, loading: loading) {
      (reader) throws(Failure) -> [[Float]] in
      guard reader.sampleFormat == .float else { return [] }
      return Self.values(of: try reader.image())
    }
    var found: [[[Float]]] = []
    var done = 0
    try scan.run { _, outcome in
      if case .found(let values) = outcome, !values.isEmpty { found.append(values) }
      done += 1
      onProgress(done, indices.count)
    }
    images = found.count
    let channels = Set(found.map(\.count))
    let groups: [[Float]] =
      if channels.count == 1, let count = channels.first {
        (0..<count).map { channel in found.flatMap { $0[channel] } }
      } else {
        [found.flatMap { $0.flatMap(\.self) }]
      }
    var pairs: [SampleRange.Pair] = []
    for (channel, values) in groups.enumerated() {
      guard let pair = Self.pair(values.sorted()) else {
        throw Failure(
          "channel \(channel) has one value in all \(found.count) images, so it has no range",
          at: source.path,
          mend: "check the images, or give data.range as numbers")
      }
      pairs.append(pair)
    }
    range = SampleRange(pairs)
  }

  /// Values of each channel, those that are no numbers left out.
  private static func values(of image: Image) -> [[Float]] {
    guard case .float(let samples) = image.samples else { return [] }
    let pixels = image.width * image.height
    let step = max(1, pixels / valuesOfImage)
    return (0..<image.channels).map { channel in
      stride(from: 0, to: pixels, by: step).compactMap { pixel in
        let value = samples[pixel * image.channels + channel]
        return value.isFinite ? value : nil
      }
    }
  }

  /// The range of ascending values; that of all where the inner ones are one value; nil where all are.
  private static func pair(_ values: [Float]) -> SampleRange.Pair? {
    guard let first = values.first, let last = values.last, first < last else { return nil }
    let outer = Int(Double(values.count) * outerShare)
    let (low, high) = (values[outer], values[values.count - 1 - outer])
    return low < high
      ? SampleRange.Pair(low: Double(low), high: Double(high))
      : SampleRange.Pair(low: Double(first), high: Double(last))
  }
}
