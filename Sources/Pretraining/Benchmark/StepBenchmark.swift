import Datasets
import Imaging
import Optimization
import Platform
import Synchronization
import Tensors
import VisionTransformer

/// The speed of a training step, on synthetic pixels or on images, beside the time of its matrix products alone.
public struct StepBenchmark: Sendable {
  /// How the step is run; the defaults are those of training.
  public struct Options: Sendable {
    /// Lanes.
    public var lanes = MachineCapacity.coreCount
    /// Timed steps.
    public var steps = 10
    /// What the backward pass computes again.
    public var recompute = Recompute.none
    /// Passes that each lane splits its share into; nil: those that training takes.
    public var accumulation: Int?
    /// The norm of the blocks.
    public var norm: Choice = "layerNorm"
    /// What tells the encoder where a patch is; nil: what the objective requires, or else the default.
    public var positions: Positions?
    /// The objective; nil: the shape's masked autoencoder.
    public var objective: Choice?
    /// Samples a step; nil: the shape's.
    public var batch: Int?
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
    let task = try options.objective.map { (choice) throws(Failure) in
      try Objectives.all.select(choice, at: "--objective")
    }
    let demands = task?.demands(of: model)
    configuration.positions = options.positions ?? demands?.positions?.first ?? configuration.positions
    let encoder = try VisionTransformer(configuration, parameters: store, place: "bench")
    let objective: any Objective =
      if let task {
        try task.make(encoder)
      } else {
        try MaskedAutoencoder(encoder: encoder, options: shape.objective, at: "bench")
      }
    let pipelines = try pipelines(of: demands?.views)
    let grids = pipelines.map { pipeline in
      PatchGrid(
        height: pipeline.height, width: pipeline.width, channels: 3, patchSize: configuration.patchSize)
    }
    try objective.plan.checkViews(grids, "bench")
    let passes =
      options.accumulation
      ?? AutomaticPasses.count(batch: batch, lanes: team.count, of: objective, views: grids, encoder)
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
    let loader = try source.map { (source) throws(Failure) in
      try makeLoader(source, pipelines, steps: total)
    }
    defer { loader?.stop() }
    let fixed = loader == nil ? synthetic(grids, count: batch) : nil
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
      guard let samples: any StepSamples = fixed ?? loaded else { break }
      _ = step.run(samples, learningRate: 1e-4, step: number)
      if number == 1 { secondsToFirstStep = Clock.secondsSinceProcessStart }
      if number > warmup { durations.append(Clock.seconds - start) }
    }
    let median = durations.sorted()[durations.count / 2]
    let peak = ProcessMemory.peakBytes
    let (operations, bound) = products(objective, grids, passes: passes)
    return StepBenchmarkResult(
      shape: shape.name, lanes: team.count, batch: batch, imagesPerSecond: Double(batch) / median,
      millisecondsPerStep: median * 1e3, gflops: Double(operations) / median * 1e-9,
      gemmBoundImagesPerSecond: Double(batch) / bound, peakBytes: peak,
      parameters: store.trainableScalarCount, secondsToFirstStep: secondsToFirstStep,
      slowestStepRatio: (durations.max() ?? median) / median,
      dataWait: ((loader?.waitSeconds ?? 0) - waited) / durations.reduce(0, +),
      kernels: BLAS.kernels, profile: options.profiles ? step.profile : nil)
  }

  private var batch: Int { options.batch ?? shape.batch }

  /// What a recipe would say of the shape.
  private var model: VisionTransformerConfiguration {
    var model = VisionTransformerConfiguration()
    model.imageSize = shape.encoder.imageSize
    model.patchSize = shape.encoder.patchSize
    return model
  }

  /// The augmentations of views that an objective is published with; MAE's crop and flip without an objective.
  private func pipelines(of views: [ViewRecipe]?) throws(Failure) -> [AugmentationPipeline] {
    var data = DataRecipe()
    data.views = views
    return try located("bench") { () throws(Failure) in try data.pipelines(for: model) }
  }

  private func makeLoader(
    _ source: any ImageSource, _ pipelines: [AugmentationPipeline], steps: Int
  ) throws(Failure) -> TrainingLoader {
    TrainingLoader(
      source: source,
      sampler: EpochSampler(seed: 0, order: source.order, count: source.count, batchSize: batch),
      pipelines: pipelines, patchSize: shape.encoder.patchSize, steps: 0..<steps,
      badImages: try BadImages(in: source), options: LoadingOptions())
  }

  private func synthetic(_ grids: [PatchGrid], count: Int) -> MicroBatch {
    var random = RandomStream(seed: 0, purpose: .synthetic)
    let views = grids.map { grid in
      let pixels = (0..<count * grid.count * grid.width).map { _ in Scalar(random.next32() >> 8) * 0x1p-23 - 1
      }
      return MicroBatch.View(Tensor(shape: [count, grid.count, grid.width], values: pixels), grid: grid)
    }
    return MicroBatch(
      views: views, identity: SampleIdentity(seed: 0, epoch: 0, indices: Array(0..<count)))
  }

  /// Floating-point operations of one step's products over all lanes, and the median seconds they take alone.
  ///
  /// Of a loss that compares samples, those of one pass are taken for all: its step has the memory of one.
  private func products(
    _ objective: any Objective, _ grids: [PatchGrid], passes: Int
  ) -> (operations: Int, seconds: Double) {
    let count = objective.plan.batchObjective != nil ? max(team.count, batch / passes) : batch
    let samples = synthetic(grids, count: count)
    let share = Double(batch) / Double(count)
    let replays = (0..<team.count).map { lane -> (shapes: [MatrixProductShape], replay: Replay) in
      var shapes: [MatrixProductShape] = []
      let tape = Tape(.training, observer: PassObserver(onMatrixProduct: { shapes.append($0) }))
      let range = LaneTeam.range(of: lane, lanes: team.count, total: count)
      if !range.isEmpty { tape.backward(from: objective.loss(samples.slice(range), tape)) }
      return (shapes, Replay(shapes))
    }
    let durations = (0..<7).map { _ in
      let start = Clock.seconds
      team.run { lane in replays[lane].replay.products.run() }
      return Clock.seconds - start
    }
    let operations = replays.reduce(0) { $0 + $1.shapes.reduce(0) { $0 + $1.operations } }
    return (Int(Double(operations) * share), durations.sorted()[durations.count / 2] * share)
  }
}

// Each replay is run by one lane at a time.
private final class Replay: @unchecked Sendable {
  let products: MatrixProductReplay
  init(_ shapes: [MatrixProductShape]) { products = MatrixProductReplay(shapes) }
}
