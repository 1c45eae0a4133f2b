import ArgumentParser
import Foundation
import Platform
import Pretraining
import Tensors

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure speed on this machine.",
    discussion: "Example: vitrail bench step --shape ti --json",
    subcommands: [Step.self], defaultSubcommand: Step.self)

  struct Step: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Time the MAE training step on synthetic pixels.",
      discussion: "Example: vitrail bench step --shape ti --json")

    @Option(help: "Model and batch: \(StepBenchmark.Shape.all.map(\.name).joined(separator: ", ")).")
    var shape = "ti"
    @Option(help: "Lanes; default: one a core.", transform: number(in: laneRange))
    var lanes: Int?
    @Option(help: "Timed steps.", transform: number(in: 1...1_000_000))
    var steps = 10
    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      let chosen = try findVariant(
        shape, among: StepBenchmark.Shape.all, named: { $0.name }, kind: "shape", at: "--shape")
      let result = try StepBenchmark(chosen, lanes: lanes ?? LaneTeam.coreCount).run(steps: steps)
      if json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        print(String(decoding: try encoder.encode(result), as: UTF8.self))
        return
      }
      print(result)
    }
  }
}
