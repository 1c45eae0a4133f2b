import Datasets
import Foundation
import Imaging
import Platform
import Synchronization
import Tensors
import VisionTransformer

/// One pass over a set of images that yields the features of several encoders, and raw pixels, for all evaluators.
public struct FeatureExtraction: Sendable {
  /// What a pass yields.
  public struct Sets: Sendable {
    /// Features by the name of the encoder, and `pixels`.
    public let features: [String: Features]
    /// The path of each row.
    public let paths: [String]
    /// Images that could not be read: path and reason.
    public let skipped: [(path: String, reason: String)]
    /// Images a second over the whole pass.
    public let imagesPerSecond: Double
  }

  /// The name of the raw-pixel features.
  public static let pixelsName = "pixels"
  /// Raw pixels are averaged over squares so that no side has more than this many.
  public static let largestPixelSide = 32

  private let encoders: [(name: String, model: VisionTransformer)]
  private let preprocessing: Preprocessing
  private let includesPixels: Bool
  private let team: LaneTeam
  private let lanes: [Lane]
  private let batchSize: Int
  private let maximumBad: Double
  private let decoding: DecodeOptions

  /// Prepares a pass; all encoders take the same patches.
  ///
  /// `maximumBad` is the share of files that may be undecodable, `decoding` how files are read.
  public init(
    encoders: [(name: String, model: VisionTransformer)], preprocessing: Preprocessing, includesPixels: Bool,
    team: LaneTeam, batchSize: Int = 128, maximumBad: Double = BadImages.defaultMaximumShare,
    decoding: DecodeOptions = DecodeOptions()
  ) {
    precondition(!encoders.isEmpty, "FeatureExtraction: no encoder")
    self.encoders = encoders
    self.preprocessing = preprocessing
    self.includesPixels = includesPixels
    self.team = team
    self.batchSize = batchSize
    self.maximumBad = maximumBad
    self.decoding = decoding
    lanes = (0..<team.count).map { _ in Lane(mode: .evaluating) }
  }

  /// Runs over all images of `source`; `progress` receives the share done and images a second.
  ///
  /// - Throws: `Failure` when too many images are bad, or features are not finite.
  public func run(
    _ source: any ImageSource, progress: (_ fraction: Double, _ imagesPerSecond: Double) -> Void = { _, _ in }
  ) throws(Failure) -> Sets {
    let configuration = encoders[0].model.configuration
    let bad = try BadImages(in: source, maximumShare: maximumBad)
    let loader = EvaluationLoader(
      source: source, preprocessing: preprocessing, patchSize: configuration.patchSize, batchSize: batchSize,
      includesPixels: includesPixels, badImages: bad, options: LoadingOptions(decoding: decoding))
    defer { loader.stop() }
    var values = [[Float]](repeating: [], count: encoders.count)
    for (index, encoder) in encoders.enumerated() {
      values[index].reserveCapacity(source.count * encoder.model.configuration.width)
    }
    var pixels: [Float] = []
    var rows: [Int] = []
    let start = Clock.seconds
    while let batch = try loader.next() {
      for (index, encoder) in encoders.enumerated() {
        values[index] += features(encoder.model, batch.patches)
      }
      if let raw = batch.pixels { pixels += reduced(raw) }
      rows += batch.indices
      progress(
        Double(rows.count) / Double(source.count), Double(rows.count) / max(Clock.seconds - start, 1e-9))
    }
    guard !rows.isEmpty else {
      throw Failure("no image could be read", at: source.path, mend: "check the files")
    }
    return try sets(
      source, rows: rows, values, pixels, bad, rate: Double(rows.count) / (Clock.seconds - start))
  }

  private func sets(
    _ source: any ImageSource, rows: [Int], _ values: [[Float]], _ pixels: [Float], _ bad: BadImages,
    rate: Double
  ) throws(Failure) -> Sets {
    let labels = rows.compactMap { source.label(of: $0) }
    let isLabelled = labels.count == rows.count
    var features: [String: Features] = [:]
    let named =
      zip(encoders.map(\.name), values).map { ($0, $1) } + (includesPixels ? [(Self.pixelsName, pixels)] : [])
    for (name, matrix) in named {
      features[name] = try Features(
        count: rows.count, width: matrix.count / rows.count, values: matrix, labels: isLabelled ? labels : [],
        classNames: isLabelled ? source.classNames : [], origin: "\(name) of \(source.path)")
    }
    return Sets(
      features: features, paths: rows.map { source.location(of: $0) },
      skipped: bad.entries.map { (source.location(of: $0.index), $0.reason) }, imagesPerSecond: rate)
  }

  /// [B, L, P·P·C] → [B·D], the batch split over the lanes.
  private func features(_ model: VisionTransformer, _ patches: Tensor) -> [Float] {
    let parts = Mutex([[Float]](repeating: [], count: team.count))
    team.run { [lanes, count = team.count] lane in
      let range = LaneTeam.range(of: lane, lanes: count, total: patches.shape[0])
      guard !range.isEmpty else { return }
      let features = model.features(patches.slice(range), lanes[lane].tape).values.map { Float($0) }
      parts.withLock { $0[lane] = features }
    }
    return parts.withLock { $0.flatMap { $0 } }
  }

  /// Means over squares of pixels, so that large images give at most 32×32 values a channel.
  private func reduced(_ raw: Tensor) -> [Float] {
    let (height, width, channels) = (preprocessing.height, preprocessing.width, preprocessing.channels)
    let side = (max(height, width) + Self.largestPixelSide - 1) / Self.largestPixelSide
    guard side > 1 else { return raw.values.map { Float($0) } }
    let (rows, columns) = (max(1, height / side), max(1, width / side))
    var output = [Float](repeating: 0, count: raw.shape[0] * rows * columns * channels)
    let share = 1 / Float(side * side)
    raw.withSpan { values in
      for image in 0..<raw.shape[0] {
        for y in 0..<min(rows * side, height) {
          for x in 0..<min(columns * side, width) {
            let target = ((image * rows + y / side) * columns + x / side) * channels
            let from = ((image * height + y) * width + x) * channels
            for channel in 0..<channels { output[target + channel] += share * Float(values[from + channel]) }
          }
        }
      }
    }
    return output
  }
}
