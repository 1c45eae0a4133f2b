import Foundation
import Platform
import Pretraining
import Testing

/// The studies in `recipes/studies`.
@Suite("Study files")
struct StudyFileTests {
  private static let recipes = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("recipes")
  private static let names = RecipeFile.available(.study, in: [recipes.appendingPathComponent("studies")])
    .map(\.name)

  @Test("every study loads, is listed, and says in its first line what it is")
  func loads() throws {
    #expect(Set(Self.names).isSuperset(of: ["norms", "patch-norm", "depth"]))
    for name in Self.names {
      let (study, _) = try StudyFile.load(name, folders: [Self.recipes])
      #expect(study.name == name)
      #expect(!study.allTables.flatMap(\.cells).isEmpty)
    }
    let headers = RecipeFile.available(.study, in: [Self.recipes.appendingPathComponent("studies")]).map(
      \.header)
    #expect(headers.allSatisfy { $0.count > 20 })
  }

  @Test("every variant trains for two steps", arguments: names)
  func runs(_ name: String) throws {
    let (file, source) = try StudyFile.load(name, folders: [Self.recipes])
    var study = file
    study.seeds = [0]
    study.budget = .steps(2)
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(to: data, count: 4, width: 28, height: 28)
      study.data.train = data.path
      let plan = try StudyPlan(study, at: source, folders: [Self.recipes])
      #expect(plan.tables.map(\.rows.count) == study.allTables.map(\.cells.count))
      for (number, run) in plan.runs.enumerated() {
        try train(run.recipe, in: folder.appendingPathComponent("\(number)"))
      }
    }
  }

  private func train(_ given: Recipe, in folder: URL) throws {
    var recipe = given
    recipe.train.batchSize = 4
    recipe.train.lanes = .count(1)
    recipe.train.logSteps = 1
    let plan = try TrainingPlan(recipe: recipe, source: recipe.data.openSource())
    do {
      #expect(try Trainer(plan, in: RunFolder(folder)).run(resuming: false) == .finished)
      #expect(try TinyRun.loggedSteps(folder) == [1, 2])
    } catch {
      // A hundred blocks without norms: what the study is to show.
      #expect(recipe.model.norm.name == "none" && recipe.model.depth > 40, "\(error)")
      #expect(FileManager.default.fileExists(atPath: RunFolder(folder).divergence.path))
    }
  }
}
