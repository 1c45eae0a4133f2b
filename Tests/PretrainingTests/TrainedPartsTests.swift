import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Partial tuning: frozen parameters keep their bits, all others move.
@Suite("Trained parts")
struct TrainedPartsTests {
  /// Whether a part trains a parameter of the encoder, by its name.
  private func isTrained(_ name: String, by part: TrainedParts) -> Bool {
    switch part {
    case .full: true
    case .head: false
    case .norms: name.contains("norm")
    case .attention: name.contains(".attn.")
    }
  }

  @Test(arguments: TrainedParts.allCases, ["adamW", "sgd"] as [Choice])
  func theOthersKeepTheirBits(_ part: TrainedParts, _ optimizer: Choice) throws {
    let model = try ComparingModel.classifying([
      "norm": .string("tokens"), "headDeviation": .number(0.5),
    ]) {
      ($0.registerCount, $0.positions, $0.queryKeyNorm, $0.patchNorm) = (1, .learned, true, .dual)
    }
    let isHeads = { (name: String) in name.hasPrefix("head.") }
    part.freeze(model.encoder)
    // Keys' biases add the same to every score of a row: no gradient reaches them but by rounding.
    let before = model.store.parameters.map { ($0, $0.value.values) }
    let team = LaneTeam(count: 2)
    defer { team.dissolve() }
    let trainable = model.trainable
    let step = TrainingStep(
      objective: model.objective,
      optimizer: try Optimizers.all.select(optimizer, at: "test").make(trainable), parameters: trainable,
      team: team, passes: 2)
    for number in 1...3 { _ = step.run(model.labelled(6), learningRate: 0.05, step: number) }
    for (parameter, values) in before {
      let moves = isHeads(parameter.name) || isTrained(parameter.name, by: part)
      #expect(parameter.isTrainable == moves, "\(parameter.name)")
      #expect((parameter.value.values != values) == moves, "\(parameter.name)")
    }
  }

  /// The norms of every kind, those of the stem and inside of attention and MLP among them.
  @Test(arguments: ["subLN", "normFormer", "hybrid", "sandwich", "post"] as [Choice])
  func normsAreFoundUnderEveryPlacement(_ placement: Choice) throws {
    let model = try ComparingModel.classifying {
      ($0.placement, $0.stem, $0.patchNorm) = (placement, .hMLP, .dual)
    }
    let encoder = model.store.parameters.filter {
      !$0.name.hasPrefix("head.") && !$0.name.hasPrefix("fc_norm.")
    }
    TrainedParts.norms.freeze(model.encoder)
    for parameter in encoder {
      // A weight of one axis is a gain, and a bias beside it the norm's.
      let parts = parameter.name.split(separator: ".")
      let gain = model.store[(parts.dropLast() + ["weight"]).joined(separator: ".")]
      let isNorms = ["weight", "bias"].contains(parts.last) && gain?.shape.count == 1
      #expect(parameter.isTrainable == isNorms, "\(parameter.name)")
    }
  }

  /// What an objective froze stays so.
  @Test func nothingIsThawed() throws {
    let model = try ComparingModel(
      Choice("mocoV3", options: ["freezePatchProjection": .bool(true), "headWidth": .integer(24)]))
    TrainedParts.full.freeze(model.encoder)
    #expect(model.encoder.patchProjection.allSatisfy { !$0.isTrainable })
  }
}
