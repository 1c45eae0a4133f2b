import Datasets
import Imaging
import Platform
import Synchronization
import Tensors
import VisionTransformer

/// The pass of a `FeatureExtraction` over images, for the matrices that are not known yet.
struct FeaturePass {
  /// What was computed.
  struct Outcome {
    var matrices: [FeatureExtraction.MatrixName: FeatureCache.Matrix]
    var imagesPerSecond: Double
  }

  private let extraction: FeatureExtraction
  private let augmentation: AugmentedPass?
  private let places: [[FeatureReadout]]
  private let includesPixels: Bool
  private let grid: PatchGrid

  /// Prepares a pass in which images are seen through `augmentation`, without it as evaluation sees them.
  init(
    _ extraction: FeatureExtraction, _ names: [FeatureExtraction.MatrixName], _ augmentation: AugmentedPass?
  ) {
    self.extraction = extraction
    self.augmentation = augmentation
    places = extraction.encoders.indices.map { index in
      names.filter { $0.encoder == index }.compactMap(\.readout)
    }
    includesPixels = names.contains { $0.encoder == nil }
    let preprocessing = extraction.preprocessing
    grid = PatchGrid(
      height: preprocessing.height, width: preprocessing.width, channels: preprocessing.channels,
      patchSize: extraction.encoders[0].model.configuration.patchSize)
  }

  /// Runs over all images; `progress` is told the share done and images a second.
  func run(
    _ source: any ImageSource, progress: (_ fraction: Double, _ imagesPerSecond: Double) -> Void
  ) throws(Failure) -> Outcome {
    let bad = try BadImages(in: source, maximumShare: extraction.maximumBad)
    let loader = EvaluationLoader(
      source: source, preprocessing: extraction.preprocessing, augmentation: augmentation,
      patchSize: grid.patchSize, batchSize: extraction.batchSize, includesPixels: includesPixels,
      badImages: bad,
      options: LoadingOptions(decoding: extraction.decoding))
    defer { loader.stop() }
    var values = places.map { $0.map { _ in [Float]() } }
    let pixels = PixelReduction(extraction.preprocessing)
    var pixelValues: [Float] = []
    var count = 0
    let start = Clock.seconds
    while let batch = try loader.next() {
      for (index, readouts) in places.enumerated() where !readouts.isEmpty {
        let rows = features(extraction.encoders[index].model, readouts, batch.patches)
        for place in readouts.indices { values[index][place] += rows[place] }
      }
      if let raw = batch.pixels { pixelValues += pixels.reduced(raw) }
      count += batch.indices.count
      progress(Double(count) / Double(source.count), Double(count) / max(Clock.seconds - start, 1e-9))
    }
    let skipped = bad.entries.map { FeatureCache.Skipped(index: $0.index, reason: $0.reason) }
    var matrices: [FeatureExtraction.MatrixName: FeatureCache.Matrix] = [:]
    func keep(_ values: [Float], as name: FeatureExtraction.MatrixName) {
      matrices[name] = FeatureCache.Matrix(
        width: values.count / max(count, 1), values: values, skipped: skipped)
    }
    for (index, readouts) in places.enumerated() {
      for (place, readout) in readouts.enumerated() {
        keep(values[index][place], as: .init(encoder: index, readout: readout))
      }
    }
    if includesPixels { keep(pixelValues, as: .init(encoder: nil, readout: nil)) }
    return Outcome(
      matrices: matrices, imagesPerSecond: Double(count) / max(Clock.seconds - start, 1e-9))
  }

  /// [B, L, P·P·C] → [B·D] for each readout, the batch split over the lanes.
  private func features(
    _ model: VisionTransformer, _ readouts: [FeatureReadout], _ patches: Tensor
  ) -> [[Float]] {
    let (team, lanes) = (extraction.team, extraction.lanes)
    let own = model.configuration.grid == grid ? nil : grid
    let parts = Mutex([[[Float]]](repeating: [], count: team.count))
    team.run { lane in
      let range = LaneTeam.range(of: lane, lanes: team.count, total: patches.shape[0])
      guard !range.isEmpty else { return }
      let features = model.features(
        patches.slice(range), at: readouts, grid: own, lanes[lane].tape(.evaluating))
      let values = features.map { $0.values.map { Float($0) } }
      parts.withLock { $0[lane] = values }
    }
    return parts.withLock { parts in
      readouts.indices.map { place in parts.flatMap { $0.isEmpty ? [] : $0[place] } }
    }
  }
}
