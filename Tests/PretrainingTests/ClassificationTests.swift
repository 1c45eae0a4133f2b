import Foundation
import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Supervised steps: the same however the batch is cut, and what the options mean.
@Suite("Classification")
struct ClassificationTests {
  static let choices: [[String: JSONValue]] = [
    [:], ["norm": .string("tokens"), "cutmix": .number(0)],
    ["mixup": .number(0), "labelSmoothing": .number(0)],
    ["mixupProbability": .number(0)],
  ]

  private func train(
    _ options: [String: JSONValue], lanes: Int, passes: Int = 1, clipping: GradientClipping? = nil
  ) throws -> (losses: [Double], weights: [(name: String, values: [Scalar])]) {
    var options = options
    options["headDeviation"] = .number(0.3)
    let model = try ComparingModel.classifying(options) { $0.dropPath = 0.3 }
    let (step, team) = model.step(lanes: lanes, passes: passes, clipping: clipping)
    defer { team.dissolve() }
    let losses = (1...3).map {
      step.run(model.labelled(7, seed: UInt64($0), epoch: $0), learningRate: 1e-2, step: $0).loss
    }
    return (losses, model.store.parameters.map { ($0.name, $0.value.values) })
  }

  @Test(arguments: choices, [(2, 1), (3, 2), (1, 3), (9, 1)])
  func theCutDoesNotMatter(_ options: [String: JSONValue], _ cut: (lanes: Int, passes: Int)) throws {
    let result = try train(options, lanes: cut.lanes, passes: cut.passes)
    let wanted = try train(options, lanes: 1)
    #expect(relativeError(result.losses, wanted.losses) <= bound(single: 2e-6, double: 1e-13))
    for (weights, other) in zip(result.weights, wanted.weights) {
      // Biases start at 0: nothing is compared that is smaller than 0.02.
      let largest = other.values.reduce(0.02) { max($0, Double(abs($1))) }
      let difference = zip(weights.values, other.values).reduce(0) { max($0, Double(abs($1.0 - $1.1))) }
      #expect(difference <= bound(single: 5e-6, double: 1e-12) * largest, "\(weights.name)")
    }
  }

  /// Clipping takes the other way through a step, on which a batch is mixed once too.
  @Test func theSameCutGivesTheSameBits() throws {
    for clipping in [nil, GradientClipping(norm: 1e9)] {
      let (first, second) = (
        try train([:], lanes: 3, passes: 2, clipping: clipping),
        try train([:], lanes: 3, passes: 2, clipping: clipping)
      )
      #expect(first.losses == second.losses)
      for (a, b) in zip(first.weights, second.weights) { #expect(a.values == b.values, "\(a.name)") }
    }
    let (plain, clipped) = (
      try train([:], lanes: 2), try train([:], lanes: 2, clipping: GradientClipping(norm: 1e9))
    )
    #expect(relativeError(plain.losses, clipped.losses) <= bound(single: 1e-6, double: 1e-13))
  }

  @Test func trainingLowersTheLoss() throws {
    let model = try ComparingModel.classifying(["mixupProbability": .number(0)])
    let (step, team) = model.step({ AdamW(parameters: $0, options: .init()) }, lanes: 2)
    defer { team.dissolve() }
    let losses = (1...30).map { step.run(model.labelled(8), learningRate: 1e-2, step: $0).loss }
    #expect((losses.last ?? .infinity) < 0.6 * losses[0], "\(losses)")
  }

  /// A head that starts at nearly 0 says that all classes are alike.
  @Test func untrainedHeadsGuess() throws {
    let model = try ComparingModel.classifying()
    let batch = model.labelled(8)
    let baseline = try #require(model.objective.plan.trivialLoss(batch, 8))
    #expect(baseline.value == log(3) && baseline.meaning == "guessing among 3 classes")
    let loss = Double(model.objective.loss(batch, Tape(.training)).scalar)
    #expect(abs(loss - baseline.value) <= 1e-3)
  }

  @Test func theHeadStartsAsPublished() throws {
    let model = try ComparingModel.classifying { ($0.width, $0.headCount) = (512, 8) }
    let weight = try #require(model.store["head.weight"]).value
    let deviation = (weight.values.reduce(0) { $0 + Double($1 * $1) } / Double(weight.count)).squareRoot()
    #expect(weight.shape == [3, 512] && abs(deviation / 2e-5 - 1) <= 0.08)
    #expect(model.store["head.bias"]?.value.values == [0, 0, 0])
    #expect(model.store["fc_norm.weight"]?.value.values.allSatisfy { $0 == 1 } == true)
  }

  /// Running statistics and drop path are those of use where no parameter of the encoder is trained.
  @Test(arguments: ["batchNorm", "layerNorm"] as [Choice])
  func aFrozenEncoderIsAsInUse(_ norm: Choice) throws {
    let model = try ComparingModel.classifying {
      $0.dropPath = 0.5
      $0.norm = norm
    }
    let encoder = model.store.parameters.filter {
      !$0.name.hasPrefix("head.") && !$0.name.hasPrefix("fc_norm.")
    }
    TrainedParts.head.freeze(model.encoder)
    let before = encoder.map(\.value.values)
    let (step, team) = model.step({ SGD(parameters: $0, options: .init()) }, lanes: 2)
    defer { team.dissolve() }
    for number in 1...3 { _ = step.run(model.labelled(6), learningRate: 0.1, step: number) }
    for (parameter, values) in zip(encoder, before) {
      #expect(parameter.value.values == values, "\(parameter.name)")
    }
    let tape = Tape(.training)
    let objective = try #require(model.objective as? Classification)
    let patches = model.labelled(5).patches
    #expect(
      objective.logits(patches, tape).values == objective.logits(patches, Tape(.evaluating)).values)
  }

  @Test(
    arguments: [
      ["labelSmoothing": .number(1)], ["mixup": .number(-1)], ["cutmix": .number(1e4)],
      ["mixupProbability": .number(1.5)], ["headDeviation": .number(-1)], ["norm": .string("none")],
      ["classes": .array([.string("a")])], ["classes": .array([.string("a"), .string("a")])],
    ] as [[String: JSONValue]])
  func optionsOutOfRangeAreRefused(_ options: [String: JSONValue]) {
    #expect(throws: Failure.self) { try ComparingModel.classifying(options) }
  }

  @Test func unknownClassesAreAFailure() throws {
    #expect {
      try ComparingModel("classification")
    } throws: {
      ($0 as? Failure)?.problem == "a classification of unknown classes"
    }
  }
}
