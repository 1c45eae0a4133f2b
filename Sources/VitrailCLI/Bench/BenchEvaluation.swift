import ArgumentParser
import Evaluation
import Foundation
import Platform
import Pretraining
import Tensors

extension Bench {
  struct Evaluation: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Time the k-NN search and the path of linear probes on stored features.",
      discussion:
        "Example: vitrail bench evaluation --train-features features/train --test-features features/test")

    @Option(help: "A folder that vitrail embed wrote: what is learned from.")
    var trainFeatures: String
    @Option(help: "The same for what is measured on.")
    var testFeatures: String
    @Option(help: "Neighbours a query. Default: 20.", transform: number(in: 1...1_000_000))
    var neighbors = 20
    @Option(
      help: "Penalties of the path, separated by commas; default: those of the linear probe.",
      transform: numbers(in: Double.leastNormalMagnitude...1e6))
    var l2 = LinearProbeOptions().l2
    @Option(help: "Threads; default: one a core.", transform: number(in: 1...1024))
    var threads: Int?
    @OptionGroup var output: JSONOutput

    func run() throws {
      let train = try FeatureFiles.read(URL(fileURLWithPath: trainFeatures))
      let test = try FeatureFiles.read(URL(fileURLWithPath: testFeatures))
      try Bench.show(
        EvaluationBenchmark(neighbors: neighbors, l2: l2, threads: threads).run(train: train, test: test),
        output)
    }
  }

  struct FeaturePass: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "features", abstract: "Time an encoder's forward pass on patches in memory.",
      discussion: "Example: vitrail bench features --shape ti --json")

    @Option(help: "Model: \(BenchmarkShape.all.map(\.name).joined(separator: ", ")).")
    var shape = "ti"
    @Option(help: "Images a pass. Default: 64.", transform: number(in: 1...1 << 20))
    var batch = 64
    @Option(help: "Timed passes. Default: 11.", transform: number(in: 1...1_000_000))
    var passes = 11
    @Option(help: "Lanes; default: one a core.", transform: number(in: laneRange))
    var lanes: Int?
    @OptionGroup var output: JSONOutput

    func run() throws {
      let chosen = try findVariant(
        shape, among: BenchmarkShape.all, named: { $0.name }, kind: "shape", at: "--shape")
      try Bench.show(
        FeatureBenchmark(
          chosen.encoder, batch: batch, passes: passes, lanes: lanes ?? MachineCapacity.coreCount
        ).run(), output)
    }
  }
}
