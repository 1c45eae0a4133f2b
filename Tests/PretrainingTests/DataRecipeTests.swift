import Platform
import Pretraining
import Testing

@Suite("The keys under data:")
struct DataRecipeTests {
  private func recipe(_ keys: [String: JSONValue]) throws -> Recipe {
    try Recipe(.object(["data": .object(keys)]), at: "test")
  }

  @Test func valuesGoThroughYAML() throws {
    var recipe = Recipe()
    recipe.data.mean = .auto
    recipe.data.standardDeviation = [0.25, 0.1, 1e-7]
    recipe.data.cache = .folder("/a: b/#c")
    recipe.data.cacheSize = ByteCount(4_000_000_000)
    recipe.data.cacheSide = 300
    let text = RecipeFile.text(recipe)
    #expect(text.contains("mean: auto\n") && text.contains("cacheSize: 4000000000\n"))
    #expect(try Recipe(JSONValue.encoding(recipe), at: "test") == recipe)
    for place in [CacheLocation.none, .ram] {
      recipe.data.cache = place
      #expect(try Recipe(JSONValue.encoding(recipe), at: "test") == recipe)
    }
  }

  @Test func recipesThatSayOneThingInOtherKeysDiffer() throws {
    var others = [Recipe](repeating: Recipe(), count: 7)
    others[0].model.width = 192
    others[1].model.dropPath = 0.1
    others[2].objective = "simMIM"
    others[3].data.maxBad = 0.5
    others[4].optimizer = "lars"
    others[5].train.seed = 1
    (others[6].model.size, others[6].model.width, others[6].model.headCount) = (.small, 192, 3)
    for (number, other) in others.enumerated() {
      #expect(other != Recipe(), "\(number)")
      #expect(try StrictDecoder.decode(Recipe.self, from: .encoding(other), at: "test") == other)
    }
    #expect(others[0].model == Recipe().model && others[6].model == Recipe().model)
    #expect(RecipeFile.text(others[0]).contains("model:\n  size: tiny\n  width: 192\n  mlpRatio: "))
    #expect(RecipeFile.text(Recipe()).contains("model:\n  size: tiny\n  mlpRatio: "))
  }

  @Test func autoCountsAsAbsentUntilItIsMeasured() throws {
    let recipe = try recipe(["mean": "auto", "standardDeviation": "auto"].mapValues { .string($0) })
    #expect(recipe.data.mean == .auto && recipe.data.standardDeviation == .auto)
    #expect(recipe.data.preprocessing(for: recipe.model) == Recipe().data.preprocessing(for: Recipe().model))
  }

  @Test(arguments: [
    ("mean", JSONValue.string("Auto")), ("mean", .number(0.5)), ("mean", .array([.string("auto")])),
    ("mean", .array([.number(0.5)])), ("standardDeviation", .array([.number(1), .number(0), .number(1)])),
    ("cache", .integer(3)), ("cache", .string("")), ("cacheSize", .string("big")),
    ("cacheSize", .integer(-1)),
    ("cacheSide", .integer(0)), ("cacheSide", .integer(1 << 21)),
  ])
  func badValuesAreNamed(_ key: String, _ value: JSONValue) {
    do {
      _ = try recipe([key: value])
      Issue.record("\(value) was taken")
    } catch {
      #expect((error as? Failure)?.place.contains("data.\(key)") == true, "\(error)")
    }
  }
}
