import Imaging
import Platform

/// Reads every image of a set once, on many threads, and says what the set consists of.
public struct DatasetSurvey: Sendable {
  private let source: any ImageSource
  private let indices: [Int]
  private let loading: LoadingOptions

  /// Plans a survey.
  ///
  /// - Parameters:
  ///   - sample: how many images to look at, drawn by `seed`; nil means all.
  ///   - options: threads and limits; they have no influence on the result.
  public init(
    of source: any ImageSource, sample: Int? = nil, seed: UInt64 = 0,
    options: LoadingOptions = LoadingOptions()
  ) {
    self.source = source
    indices = imagesStandingFor(source.count, limit: sample, seed: seed)
    loading = options
  }

  /// Images that will be looked at.
  public var count: Int { indices.count }

  /// Looks at the images.
  ///
  /// - Parameter onProgress: told how many images are done.
  /// - Throws: nothing for images that cannot be read: they are part of the result.
  public func run(onProgress: (_ done: Int) -> Void = { _ in }) throws(Failure) -> DatasetStatistics {
    let (source, decoding) = (source, loading.decoding)
    let scan = ImageScan(source: source, indices: indices, loading: loading) {
      (reader, index) throws(Failure) -> ImageRecord in
      try ImageRecord(reader, index, of: source, decoding: decoding)
    }
    var tally = SurveyTally(source: source)
    var done = 0
    try scan.run { index, outcome in
      tally.add(index, outcome)
      done += 1
      onProgress(done)
    }
    return tally.statistics(surveyed: indices.count)
  }
}

/// What a survey keeps of one image.
struct ImageRecord: Sendable {
  let width, height: Int
  let encoding: DatasetStatistics.Encoding
  let encodedBytes, decodedBytes: Int
  /// Pages of the file that it is from.
  let pageCount: Int
  let sums: ChannelSums
  /// What the samples are as they are stored; nil where they are no floating-point samples.
  let stored: StoredSpan?
  let fingerprint: ContentHash

  /// Looks at an image; one of floating-point samples is read a second time, as it is stored.
  init(
    _ reader: ImageReader, _ index: Int, of source: any ImageSource, decoding: DecodeOptions
  ) throws(Failure) {
    let image = try reader.image()
    width = image.width
    height = image.height
    encoding = .init(
      format: reader.header?.format.name ?? "raw",
      channels: reader.header?.storedChannels ?? image.channels, depth: image.samples.format.bitCount,
      images: 1)
    decodedBytes = image.samples.count * image.samples.format.byteCount
    encodedBytes = reader.encoded?.count ?? decodedBytes
    pageCount = reader.header?.pageCount ?? 1
    sums = ChannelSums(of: image)
    if image.samples.format == .float {
      var decoding = decoding
      decoding.keepsStoredValues = true
      stored = StoredSpan(of: try source.reader(at: index, options: decoding).image())
    } else {
      stored = nil
    }
    fingerprint = ContentHash(of: image)
  }

  var isNearConstant: Bool {
    sums.standardDeviation.allSatisfy { $0 <= DatasetStatistics.nearConstantDeviation }
  }
}
