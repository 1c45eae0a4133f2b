import Datasets
import Imaging
import Platform
import VisionTransformer

extension FeatureExtraction {
  /// The view of MAE's linear probe (He et al., 2021): a crop of 8 to 100 % of the image in one shot, every second one
  /// flipped.
  static func probeAugmentations(filter: ResizeFilter) -> [Choice] {
    [
      Choice(
        RandomResizedCrop.name,
        options: [
          "scale": .array([.number(0.08), .number(1)]), "filter": .string(filter.rawValue),
          "oneShot": .bool(true),
        ]), Choice(HorizontalFlip.name),
    ]
  }

  /// The features of images that are seen through an augmented pass: [rows of `sets`, width] at the encoder's own place,
  /// then at each of `readouts`.
  ///
  /// Views are crops of 8 to 100 % of an image, every second one flipped, as in MAE's linear probe (He et al., 2021).
  /// What is drawn belongs to (seed, pass, image).
  ///
  /// - Parameters:
  ///   - sets: what `run` gave for the same images.
  ///   - encoder: the name of one of the encoders.
  ///   - pass: the number of the pass, from 0.
  /// - Throws: `Failure` when an image of `sets` cannot be read any more, or features are not finite.
  public func augmented(
    _ source: any ImageSource, as sets: Sets, encoder: String, pass: Int, seed: UInt64 = 0,
    readouts: [FeatureReadout] = [], progress: Progress = { _, _, _ in }
  ) throws(Failure) -> [Features] {
    guard let index = encoders.firstIndex(where: { $0.name == encoder }), let own = sets.features[encoder]
    else { preconditionFailure("FeatureExtraction: no encoder '\(encoder)'") }
    let pipeline = try located("augmented pass") { () throws(Failure) in
      try AugmentationPipeline(
        Self.probeAugmentations(filter: preprocessing.filter), height: preprocessing.height,
        width: preprocessing.width, channels: preprocessing.channels,
        normalization: preprocessing.normalization)
    }
    let places = [encoders[index].model.configuration.readout] + readouts
    let names = places.map { MatrixName(encoder: index, readout: $0) }
    var seen: Set<MatrixName> = []
    let found = try matrices(
      names.filter { seen.insert($0).inserted }, of: source, images: sets.images,
      augmentation: AugmentedPass(pipeline: pipeline, seed: seed, pass: pass), progress: progress
    ).found
    return try names.map { (name) throws(Failure) in
      guard let matrix = found[name] else { preconditionFailure("a pass yields all matrices") }
      return try Features(
        count: own.count, width: matrix.width, values: try values(matrix, of: sets.rows, in: source),
        rowLabels: own.rowLabels)
    }
  }

  /// The rows of the images `wanted`, which are ascending.
  private func values(
    _ matrix: FeatureCache.Matrix, of wanted: [Int], in source: any ImageSource
  ) throws(Failure) -> [Float] {
    let skipped = Dictionary(matrix.skipped.map { ($0.index, $0.reason) }) { first, _ in first }
    if let lost = wanted.first(where: { skipped[$0] != nil }) {
      throw Failure(
        skipped[lost] ?? "", at: source.location(of: lost),
        mend: "it could be read before: leave the images as they are while they are evaluated")
    }
    guard wanted.count < matrix.values.count / matrix.width else { return matrix.values }
    let rows = Set(wanted)
    var values: [Float] = []
    values.reserveCapacity(wanted.count * matrix.width)
    for (row, image) in (0..<source.count).filter({ skipped[$0] == nil }).enumerated()
    where rows.contains(image) {
      values += matrix.values[(row * matrix.width)..<((row + 1) * matrix.width)]
    }
    return values
  }
}
