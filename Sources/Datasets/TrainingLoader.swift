import Imaging
import Platform
import Tensors

/// Decodes and augments the images of training steps, ahead of the training.
///
/// A batch depends on the seed, the step and the files only, whatever the threads and wherever a run was
/// interrupted. In place of an image that cannot be read comes another, drawn from the row's own random
/// stream; batches are always full. Views stay images until a lane takes its part of them as patches.
public final class TrainingLoader: Sendable {
  private let producer: TrainingProducer
  private let ring: PrefetchRing<TrainingProducer>

  /// Starts loading.
  ///
  /// - Parameters:
  ///   - sampler: the order of `source`; its seed is the run's.
  ///   - pipelines: what makes an image a view, and what its samples are normalised by; each makes one view of every
  ///     image, from random numbers of its own.
  ///   - patchSize: divides the pipelines' heights and widths.
  ///   - steps: the steps to load, beginning where a run goes on.
  ///   - totalSteps: the steps of the whole run, by which augmentations know its progress; nil means that `steps` end it.
  ///   - badImages: where images that cannot be read are entered.
  public init(
    source: any ImageSource, sampler: EpochSampler, pipelines: [AugmentationPipeline],
    patchSize: Int, steps: Range<Int>, totalSteps: Int? = nil, badImages: BadImages,
    options: LoadingOptions = LoadingOptions()
  ) {
    precondition(
      sampler.count == source.count, "a sampler of \(sampler.count) for a source of \(source.count)")
    precondition(!pipelines.isEmpty, "TrainingLoader: no view")
    let views = pipelines.map { pipeline in
      TrainingProducer.View(
        pipeline: pipeline,
        grid: PatchGrid(
          height: pipeline.height, width: pipeline.width, channels: pipeline.channels, patchSize: patchSize))
    }
    producer = TrainingProducer(
      source: source, sampler: sampler, views: views, totalSteps: totalSteps ?? steps.upperBound,
      badImages: badImages, decoding: options.decoding(for: pipelines[0].channels))
    var options = options
    options.batchesAhead = Self.batchesAhead(of: sampler.batchSize, options)
    ring = PrefetchRing(producer, numbers: steps, options: options)
  }

  /// Images that may wait, unless a batch alone has more: a step on a large batch lasts long enough to load the next.
  static let imagesAhead = 1536

  deinit { stop() }

  /// Batches that may wait.
  package static func batchesAhead(of batchSize: Int, _ options: LoadingOptions) -> Int {
    min(options.batchesAhead, max(1, imagesAhead / batchSize))
  }

  /// The batch of the next step, waiting for it if need be; nil after the last step, after `stop()`, and when
  /// `isCancelled` says so, which is asked now and then.
  ///
  /// - Throws: `Failure` when too many images are bad, all are, or the set stays away.
  public func next(unless isCancelled: () -> Bool = { false }) throws(Failure) -> TrainingBatch? {
    try ring.next(unless: isCancelled)
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

private struct TrainingProducer: BatchProducer {
  struct Draft: Sendable {
    let step: Int
    let epoch: Int
    let samples: [Int]
    let repetitions: [Int]
  }

  /// The image that came to stand in a row, and its views.
  struct Row: Sendable {
    let sample: Int
    let images: [Image]
  }

  struct View: Sendable {
    let pipeline: AugmentationPipeline
    let grid: PatchGrid
  }

  let source: any ImageSource
  let sampler: EpochSampler
  let views: [View]
  let totalSteps: Int
  let badImages: BadImages
  let decoding: DecodeOptions
  let clock = WorkClock()
  let stopping = StopFlag()

  func draft(_ step: Int) -> (draft: Draft, rowCount: Int) {
    let (epoch, samples) = sampler.batch(step)
    let draft = Draft(
      step: step, epoch: epoch, samples: samples, repetitions: sampler.repetitions(step))
    return (draft, samples.count)
  }

  func fill(_ row: Int, of draft: Draft) throws(Failure) -> Row {
    var sample = draft.samples[row]
    let position = draft.step % sampler.stepsPerEpoch * sampler.batchSize + row
    var replacements = RandomStream(
      seed: sampler.seed, purpose: .replacement, epoch: draft.epoch, sample: position)
    // An image may come several times in an epoch; each repetition draws anew.
    let repetition = draft.repetitions[row]
    while true {
      // What was read in vain once is not read again; the draws go on as if it had been.
      if !badImages.isKnown(sample) {
        let images = try badImages.reading(sample, isStopping: { stopping.isRaised }) { () throws(Failure) in
          try makeViews(of: sample, repetition, draft)
        }
        if let images { return Row(sample: sample, images: images) }
      }
      guard !badImages.areAllKnown else {
        throw Failure(
          "none of the \(source.count) images can be read", at: source.path, mend: "mend the images")
      }
      sample = replacements.index(below: source.count)
    }
  }

  private func makeViews(of sample: Int, _ repetition: Int, _ draft: Draft) throws(Failure) -> [Image] {
    let start = WorkClock.now
    let reader = try viewed(source.reader(at: sample, options: decoding))
    let identity = SampleIdentity(
      seed: sampler.seed, epoch: draft.epoch, indices: [sample], repetitions: [repetition])
    let progress = Double(draft.step) / Double(totalSteps)
    var images: [Image] = []
    for (number, view) in views.enumerated() {
      var stream = identity.stream(.augmentation, row: 0, variant: number)
      images.append(try view.pipeline.view(of: reader, progress: progress, using: &stream))
    }
    clock.add(from: start, codec: reader.codecNanoseconds, done: WorkClock.now)
    return images
  }

  /// The reader, of an image that is decoded whole when more views are wanted of it than two: each of these would decode
  /// its own part.
  private func viewed(_ reader: ImageReader) throws(Failure) -> ImageReader {
    guard views.count > 2 else { return reader }
    return ImageReader(try reader.image(), place: reader.place, decodedBy: reader)
  }

  func finish(_ draft: Draft, rows: [Row]) -> TrainingBatch {
    let labels = rows.compactMap { source.label(of: $0.sample) }
    return TrainingBatch(
      step: draft.step,
      identity: SampleIdentity(
        seed: sampler.seed, epoch: draft.epoch, indices: rows.map(\.sample), repetitions: draft.repetitions),
      labels: labels.count == rows.count ? labels : [],
      views: views.indices.map { number in
        BatchView(
          images: rows.map { $0.images[number] }, grid: views[number].grid,
          normalization: views[number].pipeline.normalization)
      })
  }
}
