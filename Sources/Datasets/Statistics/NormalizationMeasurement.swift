import Imaging
import Platform

/// Mean and standard deviation of the values of a set, as a model is to be normalised by.
public struct NormalizationMeasurement: Sendable, Equatable {
  /// The mean of each channel, of values in 0…1.
  public let mean: [Double]
  /// The standard deviation of each channel.
  public let standardDeviation: [Double]
  /// Images that were measured.
  public let images: Int

  /// Measures the images of a set after conversion to a model's channels, every pixel weighing the same.
  ///
  /// The result is exact but for the last rounding, and independent of threads. Images that cannot be read are left out.
  ///
  /// - Parameters:
  ///   - limit: the most images that are measured; of a larger set that many are drawn by `seed`.
  ///   - onProgress: told how many images of how many are done.
  /// - Throws: `Failure` when no image can be read or a channel has one value everywhere.
  public init(
    of source: any ImageSource, channels: Int, limit: Int = 10_000, seed: UInt64,
    options: LoadingOptions = LoadingOptions(),
    onProgress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(Failure) {
    var loading = options
    loading.decoding = options.decoding(for: channels)
    let indices = imagesStandingFor(source.count, limit: limit, seed: seed)
    let scan = ImageScan(source: source, indices: indices, loading: loading) {
      (reader) throws(Failure) -> ChannelSums in
      try reader.requireChannels(channels)
      return ChannelSums(of: try reader.image().converted(toChannels: channels))
    }
    var total = ChannelSums(channels: channels)
    var (measured, done) = (0, 0)
    var firstFailure: Failure?
    try scan.run { _, outcome in
      switch outcome {
      case .found(let sums):
        total.add(sums)
        measured += 1
      case .unreadable(let failure): firstFailure = firstFailure ?? failure
      }
      done += 1
      onProgress(done, indices.count)
    }
    guard measured > 0 else {
      throw Failure(
        "none of \(indices.count) images can be read (\(firstFailure?.problem ?? "")), so nothing can be measured",
        at: source.path, mend: "mend the images, or give mean and standard deviation as numbers")
    }
    mean = total.mean
    standardDeviation = total.standardDeviation
    images = measured
    if let channel = standardDeviation.firstIndex(where: { $0 <= 0 }) {
      throw Failure(
        "channel \(channel) has one value in all \(measured) images, so it has no standard deviation",
        at: source.path, mend: "check the images, or give standardDeviation as numbers")
    }
  }
}
