import Datasets
import Foundation
import Platform
import VisionTransformer

extension DataRecipe {
  /// Images that mean and standard deviation are measured on at most.
  private static let measuredImages = 10_000

  /// The keys with every choice made.
  ///
  /// The range of floating-point samples is measured where it is `auto`; mean and standard deviation are where they are
  /// `auto`, on at most 10,000 images that `seed` draws, after conversion to the model's channels. Defaults that have an
  /// influence on what a model sees are written out.
  ///
  /// - Throws: `Failure` when there is nothing to measure.
  func resolved(
    for model: VisionTransformerConfiguration, source: any ImageSource, seed: UInt64,
    onMeasuring: (Int, Int) -> Void
  ) throws(Failure) -> DataRecipe {
    var data = try measuringRange(
      of: source, channels: model.channels, seed: seed, onMeasuring: onMeasuring)
    if mean == .auto || standardDeviation == .auto {
      let measured = try NormalizationMeasurement(
        of: source, channels: model.channels, limit: Self.measuredImages, seed: seed, options: data.loading,
        onProgress: onMeasuring)
      if mean == .auto { data.mean = .values(measured.mean.map { Float($0) }) }
      if standardDeviation == .auto {
        data.standardDeviation = .values(measured.standardDeviation.map { Float($0) })
      }
    }
    let preprocessing = data.preprocessing(for: model)
    data.mean = .values(preprocessing.mean)
    data.standardDeviation = .values(preprocessing.standardDeviation)
    data.evaluationResize = preprocessing.resizeShorterSide
    if cache != .none { data.cacheSide = keptSide(for: model) }
    if case .folder(let path) = cache {
      data.cache = .folder(URL(fileURLWithPath: path).standardizedFileURL.path)
    }
    return data
  }

  /// The keys with the range of floating-point samples measured where it is `auto`; `none` where the images have no such
  /// samples. `channels` are those of the model: of four, the fourth is not taken for alpha.
  ///
  /// - Throws: `Failure` when a channel has one value everywhere.
  public func measuringRange(
    of source: any ImageSource, channels: Int, seed: UInt64,
    onMeasuring: (Int, Int) -> Void = { _, _ in }
  ) throws(Failure) -> DataRecipe {
    var data = self
    if range == .auto {
      let measured = try SampleRangeMeasurement(
        of: source, channels: channels, seed: seed, options: loading, onProgress: onMeasuring)
      data.range = measured.range.map { .range($0) } ?? SampleRangeChoice.none
    }
    return data
  }

  /// The source, with a cache before it where these keys ask for one.
  ///
  /// - Throws: `Failure` when the cache's folder cannot be made or written to.
  func cached(
    _ source: any ImageSource, for model: VisionTransformerConfiguration
  ) throws(Failure) -> any ImageSource {
    let place: CachedImages.Place
    switch cache {
    case .none: return source
    case .ram: place = .memory
    case .folder(let path): place = .folder(path)
    }
    return try CachedImages(source, in: place, side: keptSide(for: model), bound: cacheSize?.bytes)
  }

  private func keptSide(for model: VisionTransformerConfiguration) -> Int {
    cacheSide ?? max(model.imageSize.height, model.imageSize.width) * 8 / 7
  }
}
