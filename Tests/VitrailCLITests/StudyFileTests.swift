import Foundation
import Platform
import Pretraining
import Testing

/// The studies in `recipes/studies`.
@Suite("Study files")
struct StudyFileTests {
  private static let recipes = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("recipes")
  private static let names = RecipeFile.available(in: [recipes.appendingPathComponent("studies")]).map(\.name)

  @Test("every study loads, is listed, and says in its first line what it is")
  func loads() throws {
    #expect(Set(Self.names).isSuperset(of: ["norms", "patch-norm", "depth"]))
    for name in Self.names {
      let (study, _) = try StudyFile.load(name, folders: [Self.recipes])
      #expect(study.name == name)
      #expect(!study.allTables.flatMap(\.cells).isEmpty)
    }
    let headers = RecipeFile.available(in: [Self.recipes.appendingPathComponent("studies")]).map(\.header)
    #expect(headers.allSatisfy { $0.count > 20 })
  }

  /// A variant whose norm, placement or initialiser is not registered is refused by that name, and by nothing else.
  @Test("every variant whose parts are registered trains for two steps", arguments: names)
  func runs(_ name: String) throws {
    let (file, url) = try StudyFile.load(name, folders: [Self.recipes])
    var study = file
    study.seeds = [0]
    study.budget = .steps(2)
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(to: data, count: 4, width: 28, height: 28)
      study.data.train = data.path
      var count = 0
      for table in study.allTables {
        for cell in table.cells {
          var single = study
          single.tables = [
            StudyTable(name: table.name, set: table.set, variants: [StudyVariant(name: "x", set: cell.set)])
          ]
          (single.variants, single.grid) = ([], [:])
          do {
            let plan = try StudyPlan(single, at: url, folders: [Self.recipes])
            try train(plan.runs[0].recipe, in: folder.appendingPathComponent("\(count)"))
            count += 1
          } catch let failure as Failure {
            #expect(
              failure.problem.hasPrefix("unknown ") || failure.problem.contains("found 'rotary2D'")
                || failure.problem.contains("rotary2D"), "\(cell.name): \(failure)")
          }
        }
      }
      #expect(count >= 2)
    }
  }

  private func train(_ given: Recipe, in folder: URL) throws {
    var recipe = given
    recipe.train.batchSize = 4
    recipe.train.lanes = .count(1)
    recipe.train.logSteps = 1
    let run = try PretrainingRun(
      recipe: recipe, source: recipe.data.openSource(), folder: RunFolder(folder))
    #expect(try run.run(resuming: false) == .finished)
    #expect(try TinyRun.loggedSteps(folder) == [1, 2])
  }
}
