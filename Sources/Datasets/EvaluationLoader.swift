import Imaging
import Platform
import Tensors

/// Yields a set's images once and in order, as evaluation sees them or through a pass of augmentations, prepared ahead.
///
/// Images that cannot be read are left out and entered as bad; a batch is smaller by them.
public final class EvaluationLoader: Sendable {
  private let producer: EvaluationProducer
  private let ring: PrefetchRing<EvaluationProducer>

  /// Starts loading.
  ///
  /// - Parameters:
  ///   - indices: the images wanted; nil means all.
  ///   - patchSize: divides the height and width of `preprocessing`.
  ///   - augmentation: what takes the place of the evaluation view; its views have the size of `preprocessing`, which
  ///     normalises them too.
  ///   - includesPixels: whether batches also hold raw pixels, for the raw-pixel baseline.
  ///   - badImages: where images that cannot be read are entered.
  public init(
    source: any ImageSource, indices: Range<Int>? = nil, preprocessing: Preprocessing,
    augmentation: AugmentedPass? = nil, patchSize: Int, batchSize: Int, includesPixels: Bool = false,
    badImages: BadImages,
    options: LoadingOptions = LoadingOptions()
  ) {
    let indices = indices ?? 0..<source.count
    precondition(
      indices.lowerBound >= 0 && indices.upperBound <= source.count, "\(indices) of \(source.count) images")
    precondition(batchSize > 0, "EvaluationLoader: batches of \(batchSize)")
    precondition(
      augmentation.map { $0.pipeline.hasSize(of: preprocessing) } ?? true,
      "EvaluationLoader: views of another size")
    producer = EvaluationProducer(
      source: source, indices: indices, preprocessing: preprocessing, augmentation: augmentation,
      grid: PatchGrid(
        height: preprocessing.height, width: preprocessing.width, channels: preprocessing.channels,
        patchSize: patchSize),
      normalization: preprocessing.normalization,
      batchSize: batchSize, includesPixels: includesPixels, badImages: badImages,
      decoding: options.decoding(for: preprocessing))
    ring = PrefetchRing(
      producer, numbers: 0..<(indices.count + batchSize - 1) / batchSize, options: options)
  }

  deinit { stop() }

  /// The next batch, waiting for it if need be; nil after the last and after `stop()`.
  ///
  /// - Throws: `Failure` when too many images are bad.
  public func next() throws(Failure) -> EvaluationBatch? {
    while let batch = try ring.next() {
      if !batch.indices.isEmpty { return batch }
    }
    return nil
  }

  /// Seconds that `next()` has waited.
  public var waitSeconds: Double { ring.waitSeconds }

  /// What was done so far.
  public var statistics: LoaderStatistics { producer.clock.statistics(waitSeconds: ring.waitSeconds) }

  /// Ends loading and waits until no thread runs any more.
  public func stop() {
    producer.stopping.raise()
    ring.stop()
  }
}

private struct EvaluationProducer: BatchProducer {
  struct Draft: Sendable {
    let range: Range<Int>
    let patches: Tensor
    let pixels: Tensor?
  }

  let source: any ImageSource
  let indices: Range<Int>
  let preprocessing: Preprocessing
  let augmentation: AugmentedPass?
  let grid: PatchGrid
  let normalization: ChannelNormalization
  let batchSize: Int
  let includesPixels: Bool
  let badImages: BadImages
  let decoding: DecodeOptions
  let clock = WorkClock()
  let stopping = StopFlag()
  let pool = BufferPool()

  func draft(_ number: Int) -> (draft: Draft, rowCount: Int) {
    let start = indices.lowerBound + number * batchSize
    let range = start..<min(start + batchSize, indices.upperBound)
    let patches = Tensor(unwritten: [range.count, grid.count, grid.width], pool: pool)
    let pixels = includesPixels ? Tensor(unwritten: [range.count, grid.count * grid.width], pool: pool) : nil
    return (Draft(range: range, patches: patches, pixels: pixels), range.count)
  }

  /// Whether the row's image could be read.
  func fill(_ row: Int, of draft: Draft) throws(Failure) -> Bool {
    let index = draft.range.lowerBound + row
    let read = try badImages.reading(index, isStopping: { stopping.isRaised }) { () throws(Failure) -> Bool in
      let start = WorkClock.now
      let reader = try source.reader(at: index, options: decoding)
      try reader.requireChannels(preprocessing.channels)
      let view = try view(of: reader, index)
      grid.patchify(view.samples, normalization, into: draft.patches, at: row)
      draft.pixels?.slice(row..<row + 1).assign(view.samples.unitValues.map { Scalar($0) })
      clock.add(from: start, codec: reader.codecNanoseconds, done: WorkClock.now)
      return true
    }
    return read ?? false
  }

  private func view(of reader: ImageReader, _ index: Int) throws(Failure) -> Image {
    if let augmentation { return try augmentation.view(of: reader, image: index) }
    return preprocessing.evaluationView(of: try reader.image())
  }

  func finish(_ draft: Draft, rows: [Bool]) -> EvaluationBatch {
    let kept = rows.indices.filter { rows[$0] }
    let indices = kept.map { draft.range.lowerBound + $0 }
    return EvaluationBatch(
      indices: indices, labels: indices.map(source.label(of:)), patches: packed(draft.patches, kept),
      pixels: draft.pixels.map { packed($0, kept) })
  }

  /// The rows `kept` of `tensor`, moved to its front.
  private func packed(_ tensor: Tensor, _ kept: [Int]) -> Tensor {
    guard kept.count < tensor.shape[0] else { return tensor }
    for (target, row) in kept.enumerated() where target != row {
      tensor.slice(row..<row + 1).withSpan { values in
        tensor.slice(target..<target + 1).withMutableSpan { output in
          for place in values.indices { output[place] = values[place] }
        }
      }
    }
    return tensor.slice(0..<kept.count)
  }
}
