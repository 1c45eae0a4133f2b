import Datasets
import Foundation
import Imaging
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

@Suite("What is known of a run before its first step")
struct MemoryEstimateTests {
  private func recipe(_ objective: Choice, norm: Choice) -> Recipe {
    var recipe = Recipe()
    (recipe.model.width, recipe.model.depth, recipe.model.headCount) = (16, 1, 2)
    (recipe.model.imageSize, recipe.model.patchSize) = (ImageSize(height: 8, width: 8), 2)
    (recipe.model.channels, recipe.model.norm) = (1, norm)
    recipe.objective = objective
    (recipe.train.batchSize, recipe.train.steps, recipe.train.lanes) = (8, 3, .count(2))
    return recipe
  }

  @Test(
    "estimating the memory leaves no trace in a run",
    arguments: ["mae", "simMIM", "dropPos", "simCLR", "mocoV3", "dino"] as [Choice],
    ["layerNorm", "batchNorm"] as [Choice])
  func leavesNoTrace(_ objective: Choice, _ norm: Choice) throws {
    let plan = try TrainingPlan(recipe: recipe(objective, norm: norm), source: NoiseImages())
    let before = plan.encoder.parameters.parameters.map { parameter in
      parameter.value.values.map { Double($0) }
    }
    let estimate = plan.estimateMemory()
    #expect(estimate.passes > 0 && estimate.total > estimate.state && estimate.state > 0)
    #expect(
      before
        == plan.encoder.parameters.parameters.map { parameter in parameter.value.values.map { Double($0) } })
  }

  @Test("memory grows with the batch where a step is one pass, and not where it is several")
  func growsWithPasses() throws {
    func estimate(_ batch: Int, _ passes: AutomaticCount) throws -> Int {
      var recipe = recipe("mae", norm: "layerNorm")
      (recipe.train.batchSize, recipe.train.accumulation) = (batch, passes)
      (recipe.model.width, recipe.model.depth) = (64, 4)
      return try TrainingPlan(recipe: recipe, source: NoiseImages()).estimateMemory().passes
    }
    let (small, large) = (try estimate(512, .count(1)), try estimate(4096, .count(1)))
    #expect(Double(large) >= 5 * Double(small))
    #expect(Double(try estimate(4096, .count(8))) <= 1.5 * Double(small))
  }

  @Test("a run whose minutes are not measured yet is not trained, and measuring fixes its steps")
  func unmeasured() throws {
    var recipe = recipe("mae", norm: "layerNorm")
    (recipe.train.steps, recipe.train.minutes, recipe.train.warmupEpochs) = (nil, 2, 1e6)
    let folder = RunFolder(try TemporaryFolder()("run"))
    let plan = try TrainingPlan(recipe: recipe, source: NoiseImages())
    #expect(throws: Failure.self) { try Trainer(plan, in: folder).run(resuming: false) }
    let rate = try #require(try plan.measureRate(for: 0.01))
    #expect(rate.isFinite && rate.secondsPerStep > 0 && rate.secondsPerMeasurement > 0)
    let fixed = plan.measuredRecipe(at: rate)
    let steps = try #require(fixed.train.steps)
    let seconds = rate.secondsPerStep + rate.secondsPerMeasurement / 100
    #expect(abs(Double(steps) * seconds - 120) <= seconds && fixed.train.minutes == 2)
    let epochs = Double(steps) / Double(plan.stepsPerEpoch)
    #expect(abs((fixed.train.warmupEpochs ?? 0) - epochs / 10) <= 0.5)
    #expect(!FileManager.default.fileExists(atPath: folder.url.path))
  }
}
