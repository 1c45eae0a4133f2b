import Datasets
import Imaging
import Platform
import Records
import Tensors

/// The speed of the training loader alone: decode, random resized crop, flip, normalise, patchify.
public struct LoaderBenchmark: Sendable {
  /// How the loader is run.
  public struct Options: Sendable {
    /// Images that are timed.
    public var images = 2000
    /// Threads that decode.
    public var threads = LoadingOptions.defaultThreadCount
    /// Side of the views.
    public var imageSize = 224
    /// Side of the patches.
    public var patchSize = 16
    /// Channels of the views.
    public var channels = 3
    /// The defaults.
    public init() {}
  }

  private static let batchSize = 64
  private let options: Options

  /// Prepares a benchmark.
  public init(_ options: Options = Options()) { self.options = options }

  /// Loads batches as training does, epoch after epoch, the first of them not timed. The range of floating-point samples
  /// is measured before.
  ///
  /// - Throws: `Failure` when too many images cannot be read.
  public func run(on source: any ImageSource) throws(Failure) -> LoaderBenchmarkResult {
    let steps = max(1, (options.images + Self.batchSize - 1) / Self.batchSize)
    let data = try DataRecipe().measuringRange(of: source, channels: options.channels, seed: 0)
    let loader = try TrainingLoader(
      source: source, sampler: EpochSampler(seed: 0, count: source.count, batchSize: Self.batchSize),
      pipelines: [
        AugmentationPipeline(
          height: options.imageSize, width: options.imageSize, channels: options.channels)
      ],
      patchSize: options.patchSize, steps: 0..<steps + 1, badImages: BadImages(in: source),
      options: LoadingOptions(
        threads: options.threads, decoding: data.loading.decoding(for: options.channels)))
    defer { loader.stop() }
    _ = try loader.next()
    let (start, before) = (Clock.seconds, loader.statistics.images)
    let team = LaneTeam(count: options.threads)
    defer { team.dissolve() }
    let pool = BufferPool()
    // Lanes make the patches of their shares, as in training.
    while let batch = try loader.next() {
      team.run { lane in
        let range = LaneTeam.range(of: lane, lanes: team.count, total: Self.batchSize)
        _ = batch.views[0].patches(range, pool: pool)
      }
    }
    let statistics = loader.statistics
    let images = statistics.images - before
    return LoaderBenchmarkResult(
      images: images, imagesPerSecond: Double(images) / (Clock.seconds - start),
      decodeShare: statistics.decodeShare, threads: options.threads, passedOver: source.passedOver)
  }
}

/// What `vitrail bench loader` measured.
public struct LoaderBenchmarkResult: Codable, Sendable, CustomStringConvertible {
  /// Images that were timed.
  public let images: Int
  /// Over all threads.
  public let imagesPerSecond: Double
  /// Share of the threads' work that is done inside codecs.
  public let decodeShare: Double
  /// Threads that decoded.
  public let threads: Int
  /// What lies at the set's path and is not among its images.
  public let passedOver: PassedOver

  /// A few lines for a person.
  public var description: String {
    """
    images/s      \(Int(imagesPerSecond.rounded())) on \(threads) threads, \(images) images
    decode share  \((decodeShare * 100).rounded() / 100 * 100) % inside codecs
    """
  }
}
