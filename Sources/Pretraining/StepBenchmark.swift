import Platform
import Synchronization
import Tensors
import VisionTransformer

/// The speed of an MAE training step on synthetic pixels, beside the time of its matrix products alone.
public struct StepBenchmark: Sendable {
  /// A model and a batch whose speed is compared across versions and machines.
  public struct Shape: Sendable {
    /// The name on the command line.
    public let name: String
    /// The encoder.
    public let encoder: VisionTransformerConfiguration
    /// The masked autoencoder's options.
    public let objective: MaskedAutoencoder.Options
    /// Samples a step.
    public let batch: Int

    private init(
      _ name: String, image: Int, patch: Int, encoder: (width: Int, depth: Int, heads: Int),
      decoder: (width: Int, depth: Int, heads: Int), batch: Int
    ) {
      self.name = name
      self.batch = batch
      var configuration = VisionTransformerConfiguration()
      configuration.imageHeight = image
      configuration.imageWidth = image
      configuration.patchSize = patch
      configuration.width = encoder.width
      configuration.depth = encoder.depth
      configuration.headCount = encoder.heads
      self.encoder = configuration
      var options = MaskedAutoencoder.Options()
      options.decoderWidth = decoder.width
      options.decoderDepth = decoder.depth
      options.decoderHeads = decoder.heads
      objective = options
    }

    /// The shapes that benchmarks name.
    public static let all = [
      Shape("mini", image: 28, patch: 4, encoder: (128, 6, 4), decoder: (64, 1, 4), batch: 128),
      Shape("xs", image: 32, patch: 4, encoder: (192, 12, 3), decoder: (128, 4, 4), batch: 64),
      Shape("ti", image: 224, patch: 16, encoder: (192, 12, 3), decoder: (192, 4, 3), batch: 32),
      Shape("s", image: 224, patch: 16, encoder: (384, 12, 6), decoder: (256, 4, 8), batch: 16),
      Shape("b", image: 224, patch: 16, encoder: (768, 12, 12), decoder: (512, 8, 16), batch: 8),
    ]
  }

  /// What was measured; the keys of `vitrail bench step --json`.
  public struct Result: Codable, Sendable {
    /// The shape's name.
    public let shape: String
    /// Number of lanes.
    public let lanes: Int
    /// Samples a step.
    public let batch: Int
    /// From the median step.
    public let imagesPerSecond: Double
    /// The median step.
    public let millisecondsPerStep: Double
    /// 10⁹ floating-point operations a second, those of the matrix products only.
    public let gflops: Double
    /// What the same matrix products alone, on all lanes at once, would allow.
    public let gemmBoundImagesPerSecond: Double
    /// Peak resident memory of the process before the products were timed alone.
    public let peakBytes: Int
    /// Trainable scalars.
    public let parameters: Int
    /// From the start of the process to the end of the first step.
    public let secondsToFirstStep: Double
  }

  private let shape: Shape
  private let team: LaneTeam

  /// Prepares a benchmark on `lanes` lanes.
  public init(_ shape: Shape, lanes: Int) {
    self.shape = shape
    team = LaneTeam(count: lanes)
  }

  /// Times `steps` steps after `warmup` and then the products alone.
  public func run(steps: Int, warmup: Int = 2) throws(Failure) -> Result {
    let store = ParameterStore(seed: 0)
    let encoder = try VisionTransformer(shape.encoder, parameters: store)
    let objective = try MaskedAutoencoder(encoder: encoder, options: shape.objective, at: "bench")
    let trainable = store.parameters.filter(\.isTrainable)
    let step = TrainingStep(
      objective: objective, optimizer: AdamW(parameters: trainable, options: .init()), parameters: trainable,
      team: team)
    let batch = synthetic()
    var secondsToFirstStep = 0.0
    var durations: [Double] = []
    for number in 1...(warmup + steps) {
      let start = Clock.seconds
      _ = step.run(batch, learningRate: 1e-4, step: number)
      if number == 1 { secondsToFirstStep = Clock.secondsSinceProcessStart }
      if number > warmup { durations.append(Clock.seconds - start) }
    }
    let median = durations.sorted()[durations.count / 2]
    let peak = ProcessMemory.peakBytes
    let (operations, bound) = products(objective, batch)
    return Result(
      shape: shape.name, lanes: team.count, batch: shape.batch, imagesPerSecond: Double(shape.batch) / median,
      millisecondsPerStep: median * 1e3, gflops: Double(operations) / median * 1e-9,
      gemmBoundImagesPerSecond: Double(shape.batch) / bound, peakBytes: peak,
      parameters: store.trainableScalarCount,
      secondsToFirstStep: secondsToFirstStep)
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
  private func products(_ objective: MaskedAutoencoder, _ batch: MicroBatch) -> (
    operations: Int, seconds: Double
  ) {
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
