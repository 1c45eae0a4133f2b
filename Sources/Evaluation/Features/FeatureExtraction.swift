import Datasets
import Foundation
import Imaging
import Platform
import Synchronization
import Tensors
import VisionTransformer

/// One pass over a set of images that yields the features of several encoders, and raw pixels, for all evaluators.
///
/// With a cache, what was computed before for the same weights, images and preprocessing is read from it, and only what
/// is missing is computed.
public struct FeatureExtraction: Sendable {
  /// An encoder and what is wanted of it.
  public struct Encoder: Sendable {
    /// What its features are called.
    public let name: String
    /// The encoder; all of a pass take the same patches.
    public let model: VisionTransformer
    /// Further places that features are wanted of.
    public let readouts: [FeatureReadout]

    /// Creates an entry.
    public init(name: String, model: VisionTransformer, readouts: [FeatureReadout] = []) {
      self.name = name
      self.model = model
      self.readouts = readouts
    }

    /// All places, the encoder's own first, each once.
    var places: [FeatureReadout] {
      var seen: Set<FeatureReadout> = []
      return ([model.configuration.readout] + readouts).filter { seen.insert($0).inserted }
    }
  }

  /// What a pass yields.
  public struct Sets: Sendable {
    /// Features by the name of the encoder, and `pixels`.
    public let features: [String: Features]
    /// Features at all places that were wanted, by the name of the encoder.
    public let readouts: [String: [FeatureReadout: Features]]
    /// The number of each row's image in the set.
    public let rows: [Int]
    /// The path of each row.
    public let paths: [String]
    /// Images that could not be read: path and reason.
    public let skipped: [(path: String, reason: String)]
    /// Images a second over the whole pass; nil when all was in the cache.
    public let imagesPerSecond: Double?
    /// What the images' files hold, where that was looked at.
    let images: ContentHash?
  }

  /// Told what is being done, the share done, and images a second where images are encoded.
  public typealias Progress = (_ stage: String, _ fraction: Double, _ imagesPerSecond: Double?) -> Void

  /// The name of the raw-pixel features.
  public static let pixelsName = "pixels"

  let encoders: [Encoder]
  let preprocessing: Preprocessing
  let includesPixels: Bool
  let team: LaneTeam
  let lanes: [Lane]
  let batchSize: Int
  let maximumBad: Double
  let decoding: DecodeOptions
  let cache: FeatureCache?

  /// Prepares a pass; all encoders take the same patches.
  ///
  /// - Parameters:
  ///   - preprocessing: how images become input; where its size is not the encoders', positions are interpolated.
  ///   - maximumBad: the share of files that may be undecodable.
  ///   - decoding: how files are read.
  ///   - cache: where features are kept; nil computes them all.
  public init(
    encoders: [Encoder], preprocessing: Preprocessing, includesPixels: Bool, team: LaneTeam,
    batchSize: Int = 128, maximumBad: Double = BadImages.defaultMaximumShare,
    decoding: DecodeOptions = DecodeOptions(), cache: FeatureCache? = nil
  ) {
    precondition(!encoders.isEmpty, "FeatureExtraction: no encoder")
    self.encoders = encoders
    self.preprocessing = preprocessing
    self.includesPixels = includesPixels
    self.team = team
    self.batchSize = batchSize
    self.maximumBad = maximumBad
    self.decoding = decoding
    self.cache = cache
    lanes = (0..<team.count).map { _ in Lane() }
  }

  /// Runs over all images of `source`.
  ///
  /// - Throws: `Failure` when too many images are bad, or features are not finite.
  public func run(_ source: any ImageSource, progress: Progress = { _, _, _ in }) throws(Failure) -> Sets {
    // Classes that cannot be told apart are known before the work.
    _ = try RowLabels(of: source)
    let images = cache.map { _ in
      Fingerprint.images(of: source, decoding: decoding) { progress("reading", $0, nil) }
    }
    let (found, rate) = try matrices(matrixNames, of: source, images: images, progress: progress)
    return try sets(source, found, images: images, rate: rate)
  }

  /// Reads matrices from the cache, by what the files hold, and computes those that are not there.
  func matrices(
    _ wanted: [MatrixName], of source: any ImageSource, images: ContentHash?,
    augmentation: AugmentedPass? = nil, progress: Progress
  ) throws(Failure) -> (found: [MatrixName: FeatureCache.Matrix], rate: Double?) {
    var found: [MatrixName: FeatureCache.Matrix] = [:]
    var keys: [MatrixName: ContentHash] = [:]
    if let cache, let images {
      keys = self.keys(of: wanted, images: images, augmentation)
      for (name, key) in keys { found[name] = cache.load(key, count: source.count) }
    }
    let missing = wanted.filter { found[$0] == nil }
    guard !missing.isEmpty else { return (found, nil) }
    let pass = try FeaturePass(self, missing, augmentation).run(source) { progress("encoding", $0, $1) }
    for (name, matrix) in pass.matrices {
      found[name] = matrix
      if let cache, let key = keys[name] { cache.save(matrix, as: key) }
    }
    return (found, pass.imagesPerSecond)
  }

  /// One matrix of features: of an encoder at a place, or without one of raw pixels.
  struct MatrixName: Hashable {
    let encoder: Int?
    let readout: FeatureReadout?
  }

  private var matrixNames: [MatrixName] {
    encoders.enumerated().flatMap { index, encoder in
      encoder.places.map { MatrixName(encoder: index, readout: $0) }
    } + (includesPixels ? [MatrixName(encoder: nil, readout: nil)] : [])
  }

  private func keys(
    of names: [MatrixName], images: ContentHash, _ augmentation: AugmentedPass?
  ) -> [MatrixName: ContentHash] {
    let weights = encoders.map { Fingerprint.weights(of: $0.model) }
    var input = JSONValue.encoding(preprocessing).text + "\(decoding)"
    if let augmentation {
      let choices = JSONValue.encoding(Self.probeAugmentations(filter: preprocessing.filter)).text
      input += " \(choices) \(augmentation.seed) \(augmentation.pass)"
    }
    return Dictionary(
      uniqueKeysWithValues: names.map { name in
        let encoder = name.encoder.map { "\(weights[$0])" } ?? Self.pixelsName
        let place = name.readout.map { "\($0.block) \($0.pooling)" } ?? ""
        return (name, ContentHash(of: "1 \(images) \(encoder) \(place) \(input)"))
      })
  }

  private func sets(
    _ source: any ImageSource, _ found: [MatrixName: FeatureCache.Matrix], images: ContentHash?, rate: Double?
  ) throws(Failure) -> Sets {
    let bad = try BadImages(in: source, maximumShare: maximumBad)
    for skipped in Set(found.values.flatMap { $0.skipped.map(\.index) }) {
      let reason = found.values.lazy.compactMap { $0.skipped.first { $0.index == skipped }?.reason }.first
      try bad.record(
        skipped, Failure(reason ?? "", at: source.location(of: skipped), mend: "check the file"))
    }
    let skipped = Set(bad.entries.map(\.index))
    let rows = (0..<source.count).filter { !skipped.contains($0) }
    guard !rows.isEmpty else {
      throw Failure("no image could be read", at: source.path, mend: "check the files")
    }
    var features: [String: Features] = [:]
    var readouts: [String: [FeatureReadout: Features]] = [:]
    for (name, matrix) in found {
      let title = name.encoder.map { encoders[$0].name } ?? Self.pixelsName
      let set = try Features(
        count: rows.count, width: matrix.width, values: matrix.values,
        rowLabels: RowLabels(of: source, rows: rows, origin: "\(title) of \(source.path)"))
      guard let encoder = name.encoder, let readout = name.readout else {
        features[title] = set
        continue
      }
      readouts[title, default: [:]][readout] = set
      if readout == encoders[encoder].model.configuration.readout { features[title] = set }
    }
    return Sets(
      features: features, readouts: readouts, rows: rows, paths: rows.map { source.location(of: $0) },
      skipped: bad.entries.map { (source.location(of: $0.index), $0.reason) }, imagesPerSecond: rate,
      images: images)
  }
}
