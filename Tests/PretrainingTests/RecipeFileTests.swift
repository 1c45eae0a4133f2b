import Foundation
import Platform
import Pretraining
import TestSupport
import Testing

@Suite("Recipes as files")
struct RecipeFileTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("recipes")

  private func load(_ text: String, _ overrides: [String] = []) throws -> Recipe {
    let folder = try TemporaryFolder()
    try Data(text.utf8).write(to: folder("own.yaml"))
    return try RecipeFile.load(folder("own.yaml").path, overrides: overrides)
  }

  private func failure(_ text: String) throws -> Failure {
    try #require(throws: Failure.self) { try load(text) }
  }

  @Test("what is built in is what recipes/ holds", arguments: [RecipeSource.Kind.recipe, .study])
  func builtIn(_ kind: RecipeSource.Kind) throws {
    let folder = kind == .recipe ? Self.folder : Self.folder.appendingPathComponent("studies")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".yaml")
    }
    let builtIn = RecipeFile.available(kind)
    #expect(Set(builtIn.map { $0.name + ".yaml" }) == Set(names) && builtIn.count == names.count)
    for source in builtIn {
      let file = folder.appendingPathComponent(source.name + ".yaml")
      #expect(try source.text == String(contentsOf: file, encoding: .utf8), "\(source.name)")
      #expect(!source.header.isEmpty)
    }
  }

  @Test func aProgramLoadsRecipesAndStudiesByNameWithoutFiles() throws {
    #expect(try RecipeFile.load("mae-224").objective.name == "mae")
    let (study, source) = try StudyFile.load("norms")
    #expect(try !StudyPlan(study, at: source).runs.isEmpty)
    #expect(try load("extends: simclr-28\nmodel: {registers: 3}").objective.name == "simCLR")
    let failure = try #require(throws: Failure.self) { try RecipeFile.load("mae-242") }
    #expect(failure.remedy.contains("did you mean 'mae-224'"))
  }

  @Test(arguments: ["", "\n\n", "# nothing but a comment\n", "{}", "---\n"])
  func anEmptyRecipeIsCalledSo(_ text: String) throws {
    #expect(try failure(text).problem.contains("empty"))
  }

  @Test func aKeyThatIsThereTwiceIsRefusedWithItsLine() throws {
    let failure = try failure("model:\n  width: 64\ntrain:\n  steps: 3\n  seed: 1\n  steps: 5\n")
    #expect(failure.problem.contains("'steps' is there twice") && failure.place.contains("line "))
    #expect(try self.failure("train: {steps: 3, 'steps': 5}").problem.contains("twice"))
    #expect(try self.failure("train: {? [a, b] : 5}").problem.contains("no word"))
  }

  /// Eight lines of nine aliases each stand for 43 million words.
  @Test func bombsAreRefusedBeforeTheyGrow() throws {
    var lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in 1...8 {
      let aliases = [String](repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      lines.append("a\(level): &a\(level) [\(aliases)]")
    }
    #expect(try failure(lines.joined(separator: "\n")).problem.contains("aliases"))
    var doubling = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in 1...16 { doubling.append("a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]") }
    #expect(try failure(doubling.joined(separator: "\n")).problem.contains("more than 100000 values"))
    let wide = "{" + (0..<60_000).map { "k\($0): [1]" }.joined(separator: ", ") + "}"
    #expect(try failure(wide).problem.contains("more than 100000 values"))
    #expect(try failure(String(repeating: "[", count: 100_000)).problem.contains("YAML"))
    #expect(try failure("train: '" + String(repeating: "x", count: 2 << 20) + "'").problem.contains("bytes"))
  }

  @Test func aFewAliasesStandForWhatTheyName() throws {
    let recipe = try load("model: {norm: &n {kind: rmsNorm, epsilon: 1e-5}, finalNorm: *n}")
    #expect(recipe.model.finalNorm == recipe.model.norm && recipe.model.norm.name == "rmsNorm")
  }

  @Test func publishedNamesFindTheirsAndAreWrittenAsRegistered() throws {
    let text = """
      objective: {kind: MP3, contextMaskRatio: 0.5}
      optimizer: adamw
      model: {norm: {kind: LN, epsilon: 1e-5}, placement: post-norm, positions: None, initializer: Xavier}
      data: {augmentations: [rrc, {kind: hflip, probability: 0.1}]}
      """
    let recipe = try load(text)
    #expect(recipe.objective.name == "positionPrediction" && recipe.optimizer.name == "adamW")
    #expect(recipe.model.norm.name == "layerNorm" && recipe.model.placement.name == "post")
    #expect(recipe.model.positions == .none && recipe.model.initializer?.name == "xavierUniform")
    #expect(recipe.data.augmentations.map(\.name) == ["randomResizedCrop", "horizontalFlip"])
    let written = RecipeFile.text(recipe)
    #expect(written.contains("positionPrediction") && !written.lowercased().contains("mp3"))
  }

  /// Options stay under another name of the same variant, as they do under the same name.
  @Test func anOverrideByAnotherNameKeepsTheOptions() throws {
    let recipe = try load(
      "objective: {kind: mae, maskRatio: 0.6}", ["objective={kind: MAE, decoderDepth: 2}"])
    #expect(recipe.objective.options == ["maskRatio": .number(0.6), "decoderDepth": .integer(2)])
  }

  @Test func longValuesAreShortenedInMessages() throws {
    let word = String(repeating: "x", count: 900_000)
    for text in [
      "model: {norm: \(word)}", "train: {\(word): 1}", "train: {steps: \(word)}", "model: {stem: \(word)}",
    ] {
      #expect(try failure(text).description.count < 3000)
    }
  }
}
