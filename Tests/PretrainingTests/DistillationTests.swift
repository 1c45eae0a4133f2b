import Foundation
import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

extension ComparingModel {
  /// Every objective that takes a distillation with one beside it, both distances among them.
  static let distilled: [Choice] = [
    distilled("mae", ["decoderWidth": .integer(8), "decoderHeads": .integer(2)], weight: 0.5, .meanSquared),
    distilled("simMIM", ["maskShape": .string("block")], weight: 2, .cosine),
    distilled("positionPrediction", [:], weight: 1, .meanSquared),
    distilled("dropPos", ["decoderWidth": .integer(8), "decoderHeads": .integer(2)], weight: 1, .cosine),
  ]

  static func distilled(
    _ name: String, _ options: [String: JSONValue], weight: Double, _ distance: Distillation.Distance
  ) -> Choice {
    var distillation = Distillation()
    (distillation.weight, distillation.distance) = (weight, distance)
    return Choice(name, options: options.merging(["distillation": .encoding(distillation)]) { $1 })
  }
}

/// A frozen teacher beside an objective.
@Suite("Distillation", .timeLimit(.minutes(2)))
struct DistillationTests {
  /// The same choice without the distillation.
  private func plain(_ objective: Choice) -> Choice {
    Choice(objective.name, options: objective.options.filter { $0.key != "distillation" })
  }

  private func weighing(_ weight: Double, _ objective: Choice) throws -> Choice {
    let name = try #require(objective.options["distillation"]?["distance"]?.string)
    return ComparingModel.distilled(
      objective.name, plain(objective).options, weight: weight,
      try #require(Distillation.Distance(rawValue: name)))
  }

  /// Losses, gradient norms and weights of three steps.
  private func train(
    _ objective: Choice, clips: Bool
  ) throws -> (outcomes: [[Double]], weights: [String: [Scalar]]) {
    let model = try ComparingModel.masked(objective) { $0.dropPath = 0.2 }
    let (step, team) = model.step(lanes: 2, clipping: clips ? GradientClipping(norm: 0.1) : nil)
    defer { team.dissolve() }
    let outcomes = (1...3).map { number in
      let outcome = step.run(
        model.batch(7, views: 1, seed: UInt64(number), epoch: number), learningRate: 1e-1, step: number)
      return [outcome.loss, outcome.gradientNorm]
    }
    return (
      outcomes, Dictionary(uniqueKeysWithValues: model.store.parameters.map { ($0.name, $0.value.values) })
    )
  }

  @Test func everyObjectiveThatTakesOneIsTried() {
    let takers = Objectives.all.filter { $0 is any DistillableObjective.Type }.map { $0.name }
    #expect(ComparingModel.distilled.map(\.name) == takers)
  }

  @Test(arguments: ComparingModel.distilled, [true, false])
  func weightZeroIsNone(_ objective: Choice, clips: Bool) throws {
    let (none, zero) = (
      try train(plain(objective), clips: clips), try train(weighing(0, objective), clips: clips)
    )
    #expect(zero.outcomes == none.outcomes)
    for (name, values) in none.weights { #expect(zero.weights[name] == values, "\(name)") }
    let added = Set(zero.weights.keys).subtracting(none.weights.keys)
    #expect(added.allSatisfy { $0.hasPrefix("teacher.") || $0.hasPrefix("distillation.") } && !added.isEmpty)
    let some = try train(objective, clips: clips)
    #expect(some.outcomes[2] != none.outcomes[2])
  }

  /// A student that starts as its teacher is at distance 0, also behind the linear layer.
  @Test(arguments: ComparingModel.distilled) func theStartIsAtTheTeacher(_ objective: Choice) throws {
    let model = try ComparingModel.masked(objective)
    let batch = model.batch(4, views: 1)
    var distances: [Scalar] = []
    let observer = PassObserver(onResult: { if $0 == .distillation { distances.append($1.scalar) } })
    func look() {
      _ = model.objective.loss(
        batch, Tape(PassContext(.training, samples: batch.identity), observer: observer))
    }
    look()
    let weight = try #require(model.store["blocks.1.mlp.fc2.weight"])
    weight.assign(weight.value.values.map { 3 * $0 })
    look()
    #expect(distances.count == 2 && abs(distances[0]) < 1e-12 && distances[1] > 1e-4, "\(distances)")
  }

  /// No gradient reaches the teacher, and no path is dropped in it.
  @Test(arguments: ComparingModel.distilled) func theTeacherStays(_ objective: Choice) throws {
    let (start, end) = (
      try ComparingModel.masked(objective).store.parameters(of: .teacher),
      try train(objective, clips: false).weights
    )
    #expect(!start.isEmpty && start.allSatisfy { !$0.isTrainable })
    for parameter in start { #expect(end[parameter.name] == parameter.value.values, "\(parameter.name)") }
  }

  /// What an objective adds to the health of a run.
  @Test func theDistanceIsLookedAt() throws {
    let model = try ComparingModel.masked(ComparingModel.distilled[0])
    model.store.randomize(seed: 3)
    let (step, team) = model.step(lanes: 1)
    defer { team.dissolve() }
    let probe = FeatureProbe(objective: model.objective, encoder: model.encoder, trainer: step)
    let health = probe.measure(model.batch(4, views: 1), TrainingProgress())
    #expect(try #require(health.distillation) > 1e-3)
    #expect(health.teacherEntropy == nil && health.baseline == nil)
  }

  // MARK: Recipes

  @Test(arguments: ["dino", "mocoV3", "simCLR", "classification"])
  func othersRefuseItAtOnce(_ name: String) throws {
    let failure = try #require(throws: Failure.self) {
      try RecipeFile.load(nil, overrides: ["objective={kind: \(name), distillation: {weight: 1}}"])
    }
    #expect(failure.place.hasSuffix("objective.distillation") && failure.problem.contains(name), "\(failure)")
    #expect(failure.remedy.contains("mae, simMIM, positionPrediction, dropPos"), "\(failure)")
  }

  @Test func anEmptyGroupHasTheDefaults() throws {
    let recipe = try RecipeFile.load(nil, overrides: ["objective.distillation={}"])
    let choice = try Objectives.all.select(recipe.objective, at: "objective")
    #expect(choice.options(of: MaskedAutoencoder.self).distillation == Distillation())
    #expect(try RecipeFile.load(nil).objective == "mae")
  }
}
