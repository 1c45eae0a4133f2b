import Platform
import Tensors
import VisionTransformer

/// What norms, placements, positions and activations cost: forward and backward on one core beside `layerNorm`, `pre` and
/// the other defaults, interleaved.
public struct LayerBenchmark: Sendable {
  private let rounds: Int

  /// Prepares a benchmark; every variant runs once a round.
  public init(rounds: Int) { self.rounds = rounds }

  /// Times all registered norms at two widths, and all placements, positions and activations on an encoder of four blocks.
  ///
  /// - Throws: `Failure` when a variant cannot be made.
  public func run() throws(Failure) -> LayerBenchmarkResult {
    var entries: [LayerBenchmarkResult.Entry] = []
    for (rows, width) in [(8192, 192), (2048, 768)] {
      entries += measure("norm [\(rows), \(width)]", try norms(rows: rows, width: width))
    }
    var placements: [(String, () -> Void)] = []
    let others = NormPlacements.all.map { $0.name }.filter { $0 != PreNorm.name }
    for name in [PreNorm.name] + others {
      placements.append((name, try encoder { $0.placement = Choice(name) }))
    }
    placements.append(("pre, queryKeyNorm", try encoder { $0.queryKeyNorm = true }))
    placements.append(
      ("pre, two branches, half the depth", try encoder { ($0.branchCount, $0.depth) = (2, 2) }))
    entries += measure("placement", placements)
    var positions: [(String, () -> Void)] = []
    for kind in Positions.allCases { positions.append((kind.rawValue, try encoder { $0.positions = kind })) }
    entries += measure("positions", positions)
    var activations: [(String, () -> Void)] = []
    for kind in Activation.allCases {
      activations.append((kind.rawValue, try encoder { $0.activation = kind }))
    }
    return LayerBenchmarkResult(entries: entries + measure("activation", activations))
  }

  private func measure(_ kind: String, _ variants: [(name: String, run: () -> Void)]) -> [LayerBenchmarkResult
    .Entry]
  {
    for variant in variants { variant.run() }
    var times = variants.map { _ in [Double]() }
    for _ in 0..<rounds {
      for (index, variant) in variants.enumerated() {
        let start = Clock.seconds
        variant.run()
        times[index].append(Clock.seconds - start)
      }
    }
    return variants.indices.map { index in
      let ratios = zip(times[index], times[0]).map { $0 / $1 }
      return LayerBenchmarkResult.Entry(
        kind: kind, name: variants[index].name, microseconds: 1e6 * median(times[index]),
        ratio: median(ratios))
    }
  }

  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  private func norms(rows: Int, width: Int) throws(Failure) -> [(String, () -> Void)] {
    let x = Tensor(shape: [rows, width], values: values(rows * width))
    let gradient = Tensor(shape: [rows, width], values: values(rows * width))
    let others = Norms.all.map { $0.name }.filter { $0 != LayerNorm.name }
    var choices = ([LayerNorm.name] + others).map { Choice($0) }
    choices += ["layerNorm", "rmsNorm", "crmsNorm"].map { Choice($0, options: ["affine": .bool(false)]) }
    var variants: [(String, () -> Void)] = []
    for choice in choices {
      let norm = try Norms.all.select(choice, at: "bench").factory(
        NormSite(.final, width: width), scope: ParameterStore().root["norm"])
      let tape = Tape(.training)
      variants.append(
        (
          choice.options.isEmpty ? choice.name : "\(choice.name) without gain and bias",
          {
            tape.clearGradients()
            let input = tape.variable(x)
            tape.backward(from: norm(input, tape), gradient: gradient)
          }
        ))
    }
    return variants
  }

  /// An encoder of 197 tokens, 192 wide, whose patches are small, so that its blocks are nearly all of its work.
  private func encoder(
    _ change: (inout VisionTransformerConfiguration) -> Void
  ) throws(Failure) -> () -> Void {
    var configuration = VisionTransformerConfiguration()
    (configuration.imageHeight, configuration.imageWidth, configuration.patchSize) = (56, 56, 4)
    (configuration.channels, configuration.depth) = (1, 4)
    change(&configuration)
    let encoder = try VisionTransformer(configuration, parameters: ParameterStore(), place: "bench")
    let grid = configuration.grid
    let patches = Tensor(shape: [8, grid.count, grid.width], values: values(8 * grid.count * grid.width))
    let gradient = Tensor(
      shape: [8, 1 + grid.count, configuration.width],
      values: values(8 * (1 + grid.count) * configuration.width))
    let tape = Tape(.training)
    return {
      tape.clearGradients()
      tape.backward(from: encoder.encode(patches, tape), gradient: gradient)
    }
  }

  private func values(_ count: Int) -> [Scalar] {
    var random = RandomStream(seed: 0, purpose: .synthetic)
    return (0..<count).map { _ in Scalar(random.normal()) }
  }
}
