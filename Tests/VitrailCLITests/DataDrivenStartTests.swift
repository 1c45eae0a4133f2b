import Foundation
import Platform
import Pretraining
import Testing
import VisionTransformer

/// An initialiser that looks at data, in a run.
@Suite("Runs that start from data")
struct DataDrivenStartTests {
  private func recipe(_ initializer: String) throws -> Recipe {
    var recipe = Recipe()
    (recipe.model.width, recipe.model.depth, recipe.model.headCount) = (16, 1, 2)
    (recipe.model.imageSize, recipe.model.patchSize, recipe.model.channels) = (
      .init(height: 16, width: 16), 4, 1
    )
    recipe.model.initializer = Choice(initializer)
    recipe.objective = Choice(
      "mae",
      options: ["decoderWidth": .integer(16), "decoderDepth": .integer(1), "decoderHeads": .integer(2)])
    (recipe.train.batchSize, recipe.train.lanes, recipe.train.steps) = (8, .count(2), 4)
    recipe.train.averageMomentum = 0.5
    recipe.train.learningRatePerBatch256 = 0.01
    return recipe
  }

  /// Stopped before the first step, after it and later; the batch that calibrates is seen once.
  @Test func aResumedRunEndsWithTheSameBits() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(to: data)
      var recipe = try recipe("lsuv")
      recipe.data.path = data.path
      func train(_ name: String, stoppingAfter stops: [Int]) throws -> [String: [UInt32]] {
        let run = folder.appendingPathComponent(name)
        for (index, stop) in (stops + [.max]).enumerated() {
          var asked = -1
          let source = try recipe.data.openSource()
          let plan = try TrainingPlan(recipe: recipe, source: source)
          _ = try Trainer(plan, in: RunFolder(run)).run(
            resuming: index > 0,
            shouldStop: {
              asked += 1
              return asked >= stop
            })
        }
        return try TinyRun.tensors(run.appendingPathComponent("checkpoints/last.safetensors"))
      }
      let whole = try train("whole", stoppingAfter: [])
      #expect(try train("before", stoppingAfter: [0]) == whole)
      #expect(try train("parts", stoppingAfter: [0, 1, 2]) == whole)
      recipe.model.initializer = "xavierUniform"
      #expect(try train("other", stoppingAfter: []) != whole)
    }
  }
}
