import ArgumentParser
import Datasets
import Foundation
import Imaging
import Platform
import Pretraining
import Tensors
import VisionTransformer

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure speed on this machine.",
    discussion: "Example: vitrail bench step --shape ti --json",
    subcommands: [Step.self, Loader.self, Layers.self, FeaturePass.self, Evaluation.self],
    defaultSubcommand: Step.self)

  struct Step: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Time the training step: MAE's, or that of another objective with its published views.",
      discussion: "Example: vitrail bench step --shape ti --json")

    @Option(help: "Model and batch: \(BenchmarkShape.all.map(\.name).joined(separator: ", ")).")
    var shape = "ti"
    @Option(help: "Images to train on, as for pretrain; default: synthetic pixels.")
    var data: String?
    @OptionGroup var layout: FileLayoutArguments
    @Option(help: "Lanes; default: one a core.", transform: number(in: laneRange))
    var lanes: Int?
    @Option(help: "Timed steps. Default: 10.", transform: number(in: 1...1_000_000))
    var steps = 10
    @Option(help: "What the backward pass computes again: none, attention, block.")
    var recompute = "none"
    @Option(
      help: "Passes that each lane splits its share into; default: as in training.",
      transform: number(in: 1...1024))
    var accumulation: Int?
    @Option(help: "The norm of the blocks: a name of `vitrail list norms`.")
    var norm = "layerNorm"
    @Option(help: "Positions: a name of `vitrail list positions`; default: those of the objective.")
    var positions: String?
    @Option(help: "The objective: a name of `vitrail list objectives`; mae has the shape's decoder.")
    var objective = MaskedAutoencoder.name
    @Option(help: "Samples a step; default: the shape's.", transform: number(in: 1...1 << 20))
    var batch: Int?
    @Flag(help: "Show where the time goes.")
    var profile = false
    @OptionGroup var output: JSONOutput

    func run() throws {
      let chosen = try findVariant(
        shape, among: BenchmarkShape.all, named: { $0.name }, kind: "shape", at: "--shape")
      var options = StepBenchmark.Options()
      options.lanes = lanes ?? MachineCapacity.coreCount
      options.steps = steps
      options.recompute = try findVariant(
        recompute, among: Recompute.allCases, named: { $0.rawValue }, kind: "level", at: "--recompute")
      options.accumulation = accumulation
      options.norm = Choice(norm)
      options.positions = try positions.map {
        try findVariant(
          $0, among: Positions.allCases, named: { $0.rawValue }, kind: "position code", at: "--positions")
      }
      if objective != MaskedAutoencoder.name { options.objective = Choice(objective) }
      options.batch = batch
      options.profiles = profile
      let source = try data.map { try open($0, layout) }
      try show(StepBenchmark(chosen, options).run(on: source), output)
    }
  }

  struct Loader: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Time the loader: decode, random resized crop, flip, normalise, patchify.",
      discussion: "Example: vitrail bench loader --data photos/ --json")

    @Option(help: "Images, as for pretrain.")
    var data: String
    @OptionGroup var layout: FileLayoutArguments
    @Option(
      help: "Images to time; small sets are gone through again and again. Default: 2000.",
      transform: number(in: 1...Int.max >> 1))
    var images = 2000
    @Option(help: "Threads that decode; default: one a core.", transform: number(in: 1...1024))
    var threads: Int?
    @Option(help: "Side of the views in pixels. Default: 224.", transform: number(in: 1...4096))
    var size = 224
    @Option(
      help: "Side of the patches in pixels; divides the size. Default: 16.", transform: number(in: 1...4096))
    var patch = 16
    @Option(help: "Channels of the views. Default: 3.", transform: number(in: 1...Image.maximumChannels))
    var channels = 3
    @OptionGroup var output: JSONOutput

    func validate() throws {
      guard size % patch == 0 else {
        throw ValidationError("--patch \(patch) does not divide --size \(size)")
      }
    }

    func run() throws {
      var options = LoaderBenchmark.Options()
      options.images = images
      options.threads = threads ?? options.threads
      options.imageSize = size
      options.patchSize = patch
      options.channels = channels
      try show(LoaderBenchmark(options).run(on: open(data, layout)), output)
    }
  }

  struct Layers: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Time norms, placements and positions beside layerNorm, pre and sinCos2D, on one core.",
      discussion: "Example: vitrail bench layers --rounds 60")

    @Option(
      help: "Times that every variant runs, one after the other. Default: 21.",
      transform: number(in: 1...10_000))
    var rounds = 21
    @OptionGroup var output: JSONOutput

    func run() throws { try show(LayerBenchmark(rounds: rounds).run(), output) }
  }

  private static func open(_ path: String, _ layout: FileLayoutArguments) throws(Failure) -> any ImageSource {
    let source = try ImageSources.open(path, options: SourceOptions(layout: layout.over()))
    ProgressLine().say(passedOverIn: source)
    return source
  }

  static func show(_ result: some Encodable & CustomStringConvertible, _ output: JSONOutput) throws {
    try output.tell("\(result)", result)
  }
}
