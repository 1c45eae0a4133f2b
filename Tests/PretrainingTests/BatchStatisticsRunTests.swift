import Datasets
import Foundation
import Imaging
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Whole runs with norms that keep statistics between steps.
@Suite("Runs with batch statistics", .timeLimit(.minutes(2)))
struct BatchStatisticsRunTests {
  private func recipe(_ norm: Choice, _ change: (inout Recipe) -> Void = { _ in }) -> Recipe {
    var recipe = Recipe()
    (recipe.model.width, recipe.model.depth, recipe.model.headCount) = (16, 1, 2)
    (recipe.model.imageSize, recipe.model.patchSize) = (ImageSize(height: 8, width: 8), 2)
    (recipe.model.channels, recipe.model.norm, recipe.model.patchNormFunction) = (1, norm, norm)
    recipe.objective = Choice(
      "mae",
      options: ["decoderWidth": .integer(8), "decoderDepth": .integer(1), "decoderHeads": .integer(2)])
    (recipe.train.batchSize, recipe.train.steps, recipe.train.lanes) = (7, 9, .count(2))
    (recipe.train.averageMomentum, recipe.train.learningRatePerBatch256) = (0.9, 0.03)
    change(&recipe)
    return recipe
  }

  /// The bits of every tensor of a file.
  private func tensors(_ url: URL) throws -> [String: [Scalar]] {
    let file = try SafetensorsFile(contentsOf: url)
    return try Dictionary(uniqueKeysWithValues: file.entries.keys.map { ($0, try file.values($0)) })
  }

  /// Stopped after four steps, with the norm in the middle of its change.
  @Test(
    .enabled(if: Scalar.self == Float.self, "files hold Float: a resumed run in double precision is rounded"),
    arguments: [
      "batchNorm", Choice("powerNorm", options: ["warmupSteps": .integer(3)]),
      Choice("prepBN", options: ["warmSteps": .integer(1), "steps": .integer(6)]),
    ])
  func resumingEqualsNeverStopping(_ norm: Choice) throws {
    let folder = try TemporaryFolder()
    let whole = RunFolder(folder("whole"))
    #expect(
      try Trainer(TrainingPlan(recipe: recipe(norm), source: NoiseImages()), in: whole).run(resuming: false)
        == .finished
    )
    let stopped = RunFolder(folder("stopped"))
    var asked = 0
    let ending = try Trainer(TrainingPlan(recipe: recipe(norm), source: NoiseImages()), in: stopped).run(
      resuming: false,
      shouldStop: {
        asked += 1
        return asked > 4
      })
    #expect(ending == .interrupted(step: 4))
    let middle = try tensors(stopped.lastCheckpoint)
    #expect(
      try Trainer(TrainingPlan(recipe: recipe(norm), source: NoiseImages()), in: stopped).run(resuming: true)
        == .finished)
    for (file, other) in [(stopped.lastCheckpoint, whole.lastCheckpoint), (stopped.model, whole.model)] {
      let (result, wanted) = (try tensors(file), try tensors(other))
      #expect(result == wanted)
      #expect(wanted.keys.contains { $0.contains("running_") })
    }
    let end = try tensors(whole.lastCheckpoint)
    for name in end.keys where name.contains("running_") && !name.contains("pre_norm.running_pull") {
      #expect(end[name] != middle[name], "\(name) moves until the end")
    }
  }

  @Test(arguments: ["batchNorm", "powerNorm", "prepBN"] as [Choice])
  func severalPassesAreRefused(_ norm: Choice) throws {
    #expect {
      _ = try TrainingPlan(
        recipe: recipe(norm) { $0.train.accumulation = .count(2) }, source: NoiseImages())
    } throws: {
      ($0 as? Failure)?.place == "train.accumulation"
    }
    // A batch that a model of other norms would take in several passes.
    let large = { (recipe: inout Recipe) in recipe.train.batchSize = 1024 }
    let plan = try TrainingPlan(recipe: recipe(norm, large), source: NoiseImages())
    #expect(plan.recipe.train.accumulation == .count(1))
    let other = try TrainingPlan(recipe: recipe("layerNorm", large), source: NoiseImages())
    #expect(other.recipe.train.accumulation == .count(8))
  }
}
