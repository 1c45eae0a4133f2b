import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

extension ComparingModel {
  /// What each objective of masks and positions needs of an encoder.
  static let masked: [Choice] = [
    Choice("simMIM", options: ["maskShape": .string("block")]),
    Choice("simMIM", options: ["maskShape": .string("grid"), "normalizePixels": .bool(true)]),
    "positionPrediction",
    Choice(
      "positionPrediction", options: ["averages": .string("nonContext"), "contextMaskRatio": .number(0.5)]),
    Choice("dropPos", options: ["decoderWidth": .integer(8), "decoderHeads": .integer(2)]),
    Choice(
      "dropPos",
      options: [
        "decoderWidth": .integer(8), "decoderHeads": .integer(2), "reconstructionWeight": .number(0.5),
        "reconstructionDepth": .integer(1), "maskRatio": .number(0.5),
      ]),
  ]

  /// An encoder as the objective wants it.
  static func masked(
    _ objective: Choice, _ change: (inout VisionTransformerConfiguration) -> Void = { _ in }
  ) throws -> ComparingModel {
    try ComparingModel(objective) {
      if objective.name == "positionPrediction" { $0.positions = .none }
      change(&$0)
    }
  }

  /// The objective, which masks.
  var maskedObjective: any MaskedObjective {
    get throws { try #require(objective as? any MaskedObjective) }
  }
}

/// A step is the same step however the batch is cut over lanes and passes.
@Suite("Steps of masks and positions")
struct MaskedStepTests {
  private func train(
    _ objective: Choice, lanes: Int, passes: Int = 1
  ) throws -> (losses: [Double], weights: [(name: String, values: [Scalar])]) {
    let model = try ComparingModel.masked(objective)
    let (step, team) = model.step(lanes: lanes, passes: passes)
    defer { team.dissolve() }
    let losses = (1...3).map {
      step.run(model.batch(7, views: 1, seed: UInt64($0), epoch: $0), learningRate: 1e-2, step: $0).loss
    }
    return (losses, model.store.parameters.map { ($0.name, $0.value.values) })
  }

  @Test(arguments: ComparingModel.masked + ComparingModel.distilled, [(2, 1), (3, 2), (1, 3), (9, 1)])
  func theCutDoesNotMatter(_ objective: Choice, _ cut: (lanes: Int, passes: Int)) throws {
    let result = try train(objective, lanes: cut.lanes, passes: cut.passes)
    let wanted = try train(objective, lanes: 1)
    #expect(relativeError(result.losses, wanted.losses) <= bound(single: 2e-6, double: 1e-13))
    for (weights, other) in zip(result.weights, wanted.weights) {
      // Biases start at 0: nothing is compared that is smaller than 0.02.
      let largest = other.values.reduce(0.02) { max($0, Double(abs($1))) }
      let difference = zip(weights.values, other.values).reduce(0) { max($0, Double(abs($1.0 - $1.1))) }
      #expect(difference <= bound(single: 5e-6, double: 1e-12) * largest, "\(weights.name)")
    }
  }

  @Test(arguments: ComparingModel.masked + ComparingModel.distilled)
  func theSameCutGivesTheSameBits(_ objective: Choice) throws {
    let (first, second) = (
      try train(objective, lanes: 3, passes: 2), try train(objective, lanes: 3, passes: 2)
    )
    #expect(first.losses == second.losses)
    for (a, b) in zip(first.weights, second.weights) { #expect(a.values == b.values, "\(a.name)") }
  }

  @Test(arguments: ComparingModel.masked + ComparingModel.distilled)
  func trainingLowersTheLoss(_ objective: Choice) throws {
    let model = try ComparingModel.masked(objective)
    let (step, team) = model.step({ AdamW(parameters: $0, options: .init()) }, lanes: 2)
    defer { team.dissolve() }
    let losses = (1...20).map { step.run(model.batch(8, views: 1), learningRate: 1e-2, step: $0).loss }
    #expect((losses.last ?? .infinity) < 0.95 * losses[0], "\(losses)")
  }
}
