import Datasets
import Imaging
import Platform
import Synchronization
import Tensors
import VisionTransformer

/// The speed of an MAE training step, on synthetic pixels or on images, beside the time of its matrix products alone.
public struct StepBenchmark: Sendable {
  /// How the step is run; the defaults are those of training.
  public struct Options: Sendable {
    /// Lanes.
    public var lanes = LaneTeam.coreCount
    /// Timed steps.
    public var steps = 10
    /// What the backward pass computes again.
    public var recompute = Recompute.none
    /// Passes that each lane splits its share into; nil: those that training takes.
    public var accumulation: Int?
    /// The norm of the blocks.
    public var norm: Choice = "layerNorm"
    /// Whether to count the time of each kind of work.
    public var profiles = false
    /// The defaults.
    public init() {}
  }

  private let shape: BenchmarkShape
  private let options: Options
  private let team: LaneTeam

  /// Prepares a benchmark.
  public init(_ shape: BenchmarkShape, _ options: Options = Options()) {
    self.shape = shape
    self.options = options
    team = LaneTeam(count: options.lanes)
  }

  /// Times steps, after `warmup` others, and then the products alone; on synthetic pixels when there is no source.
  ///
  /// - Throws: `Failure` when images cannot be read, there is no such norm, or it does not allow the passes.
  public func run(on source: (any ImageSource)? = nil, warmup: Int = 2) throws(Failure) -> StepBenchmarkResult
  {
    let store = ParameterStore(seed: 0)
    var configuration = shape.encoder
    configuration.norm = options.norm
    let encoder = try VisionTransformer(configuration, parameters: store, place: "bench")
    let objective = try MaskedAutoencoder(encoder: encoder, options: shape.objective, at: "bench")
    let passes =
      options.accumulation
      ?? AutomaticPasses.count(batch: shape.batch, lanes: team.count, encoder)
    guard passes == 1 || !encoder.recipe.usesBatchStatistics else {
      throw Failure(
        "\(passes) passes a step with a norm that goes by the statistics of the whole batch",
        at: "--accumulation", mend: "leave it out, or set it to 1")
    }
    let trainable = store.parameters.filter(\.isTrainable)
    let step = TrainingStep(
      objective: objective, optimizer: AdamW(parameters: trainable, options: .init()), parameters: trainable,
      team: team, passes: passes, recompute: options.recompute)
    let total = warmup + options.steps
    let loader = try source.map { (source) throws(Failure) in try makeLoader(source, steps: total) }
    defer { loader?.stop() }
    let fixed = loader == nil ? synthetic() : nil
    var secondsToFirstStep = 0.0
    var waited = 0.0
    var durations: [Double] = []
    for number in 1...total {
      if number == warmup + 1 {
        if options.profiles { step.countTimes() }
        waited = loader?.waitSeconds ?? 0
      }
      let start = Clock.seconds
      let loaded = try loader?.next()
      guard let batch = fixed ?? loaded.map({ MicroBatch(patches: $0.patches, identity: $0.identity) }) else {
        break
      }
      _ = step.run(batch, learningRate: 1e-4, step: number)
      if number == 1 { secondsToFirstStep = Clock.secondsSinceProcessStart }
      if number > warmup { durations.append(Clock.seconds - start) }
    }
    let median = durations.sorted()[durations.count / 2]
    let peak = ProcessMemory.peakBytes
    let (operations, bound) = products(objective)
    return StepBenchmarkResult(
      shape: shape.name, lanes: team.count, batch: shape.batch, imagesPerSecond: Double(shape.batch) / median,
      millisecondsPerStep: median * 1e3, gflops: Double(operations) / median * 1e-9,
      gemmBoundImagesPerSecond: Double(shape.batch) / bound, peakBytes: peak,
      parameters: store.trainableScalarCount, secondsToFirstStep: secondsToFirstStep,
      slowestStepRatio: (durations.max() ?? median) / median,
      dataWait: ((loader?.waitSeconds ?? 0) - waited) / durations.reduce(0, +),
      kernels: BLAS.kernels, profile: options.profiles ? step.profile : nil)
  }

  /// Random crops and flips of the images at the shape's size, as pretraining takes them.
  private func makeLoader(_ source: any ImageSource, steps: Int) throws(Failure) -> TrainingLoader {
    try TrainingLoader(
      source: source,
      sampler: EpochSampler(seed: 0, order: source.order, count: source.count, batchSize: shape.batch),
      pipelines: [
        AugmentationPipeline(
          height: shape.encoder.imageHeight, width: shape.encoder.imageWidth, channels: 3, at: "bench")
      ],
      patchSize: shape.encoder.patchSize, steps: 0..<steps, badImages: try BadImages(in: source),
      options: LoadingOptions())
  }

  private func synthetic() -> MicroBatch {
    let grid = shape.encoder.grid
    var random = RandomStream(seed: 0, purpose: .synthetic)
    let pixels = (0..<shape.batch * grid.count * grid.width).map { _ in
      Scalar(random.next32() >> 8) * 0x1p-23 - 1
    }
    return MicroBatch(
      patches: Tensor(shape: [shape.batch, grid.count, grid.width], values: pixels),
      identity: SampleIdentity(seed: 0, epoch: 0, indices: Array(0..<shape.batch)))
  }

  /// Floating-point operations of one step's products over all lanes, and the median seconds they take alone.
  private func products(_ objective: MaskedAutoencoder) -> (operations: Int, seconds: Double) {
    let batch = synthetic()
    let replays = (0..<team.count).map { lane -> (shapes: [MatrixProductShape], replay: Replay) in
      let tape = Tape(mode: .training)
      tape.products = []
      let range = LaneTeam.range(of: lane, lanes: team.count, total: shape.batch)
      if !range.isEmpty { tape.backward(from: objective.loss(batch.slice(range), tape)) }
      let shapes = tape.products ?? []
      return (shapes, Replay(shapes))
    }
    let durations = (0..<7).map { _ in
      let start = Clock.seconds
      team.run { lane in replays[lane].replay.products.run() }
      return Clock.seconds - start
    }
    let operations = replays.reduce(0) { $0 + $1.shapes.reduce(0) { $0 + $1.operations } }
    return (operations, durations.sorted()[durations.count / 2])
  }
}

// Each replay is run by one lane at a time.
private final class Replay: @unchecked Sendable {
  let products: MatrixProductReplay
  init(_ shapes: [MatrixProductShape]) { products = MatrixProductReplay(shapes) }
}
