import Imaging
import Platform
import Tensors
import Testing
import VisionTransformer

@Suite("Keys of a model")
struct ModelKeyTests {
  private typealias Model = VisionTransformerConfiguration

  /// What only one of the codings has: an alias, and what conversions leave.
  private static let onlyInRecipes: Set = ["size"]
  private static let onlyInWeights: Set = ["siteNorms", "stream"]

  @Test func everyKeyIsInBothCodings() {
    let (recipes, weights) = (Model.keys.compactMap(\.inRecipes), Model.keys.flatMap(\.inWeights))
    #expect(Set(recipes.map(\.name)).count == recipes.count)
    #expect(Set(weights.map(\.name)).count == weights.count)
    let alone = Model.keys.filter(\.inWeights.isEmpty).compactMap(\.inRecipes?.name)
    #expect(Set(alone) == Self.onlyInRecipes)
    let left = Model.keys.filter { $0.inRecipes == nil }.flatMap(\.inWeights).map(\.name)
    #expect(Set(left) == Self.onlyInWeights)
  }

  @Test func theCodingsWriteTheirKeysAlone() {
    var (model, recipes) = (Self.random(seed: 1), Set(Model.keys.compactMap(\.inRecipes?.name)))
    (model.layerScale, model.finalNorm, model.initializer) = (0.1, "none", "mimetic")
    #expect(Self.names(.encoding(model)) == recipes)
    #expect(Self.names(.encoding(model.weightsCoding)) == Set(Model.keys.flatMap(\.inWeights).map(\.name)))
    model = Model()
    recipes.subtract(["width", "depth", "heads", "layerScale", "finalNorm", "initializer"])
    #expect(Self.names(.encoding(model)) == recipes)
  }

  /// Recipes and files that were written before stay what they are.
  @Test func theDefaultsAreWrittenAsEver() {
    #expect(
      JSONValue.encoding(Model().weightsCoding).text == """
        {"activation":"gelu","branchCount":1,"channels":3,"depth":12,"dropPath":0,"hasClassToken":true,"headCount":3,\
        "imageHeight":224,"imageWidth":224,"layerNorms":[],"mlpRatio":4,"norm":"layerNorm","normAfterPooling":false,"normBeforeBlocks":false,"patchNorm":"dual",\
        "patchNormFunction":"layerNorm","patchSize":16,"placement":"pre","pooling":"mean",\
        "positions":"sinCos2D","queryKeyNorm":false,"registerCount":0,"rotaryBase":100,"siteNorms":{},\
        "stem":"linear","stream":"full","width":192}
        """)
    #expect(
      JSONValue.encoding(Model()).text == """
        {"activation":"gelu","branches":1,"channels":3,"classToken":true,"dropPath":0,"imageSize":224,"layerNorms":[],\
        "mlpRatio":4,"norm":"layerNorm","normAfterPooling":false,"normBeforeBlocks":false,"patchNorm":"dual","patchNormFunction":"layerNorm","patchSize":16,\
        "placement":"pre","pooling":"mean","positions":"sinCos2D","queryKeyNorm":false,"registers":0,\
        "rotaryBase":100,"size":"tiny","stem":"linear"}
        """)
  }

  @Test(arguments: 0..<100)
  func randomConfigurationsSurviveBothCodings(_ seed: UInt64) throws {
    var model = Self.random(seed: seed)
    let written = JSONValue.encoding(model.weightsCoding)
    let file = try StrictDecoder.decode(Model.WeightsCoding.self, from: written, at: "weights").configuration
    #expect(file == model && JSONValue.encoding(file.weightsCoding) == written)
    #expect(model.isDescribedByRecipes == (model.siteNorms.isEmpty && model.stream == .full))

    (model.siteNorms, model.stream) = ([:], .full)
    let recipe = try StrictDecoder.decode(Model.self, from: .encoding(model), at: "recipe")
    #expect(recipe == model && recipe.isWritten(like: model))
    #expect(JSONValue.encoding(recipe) == .encoding(model))
  }

  /// A property without a key would be lost on the way; those above change every property.
  @Test func randomConfigurationsDifferInEveryProperty() {
    func properties(_ model: Model) -> [String: String] {
      let children = Mirror(reflecting: model).children
      return Dictionary(uniqueKeysWithValues: children.map { ($0.label ?? "", "\($0.value)") })
    }
    let usual = properties(Model())
    let random = (0..<100).map { properties(Self.random(seed: $0)) }
    for (name, value) in usual { #expect(random.contains { $0[name] != value }, "\(name)") }
  }

  @Test func aSizeIsAnAliasOfNumbersThatAreNotGiven() throws {
    func decode(_ keys: [String: JSONValue]) throws -> Model {
      let tree = JSONValue.encoding(Model()).overlaid(with: .object(keys))
      return try StrictDecoder.decode(Model.self, from: tree, at: "recipe")
    }
    let large = try decode(["size": .string("large"), "depth": .integer(3)])
    #expect((large.width, large.depth, large.headCount) == (1024, 3, 16))
    let tree = JSONValue.encoding(large)
    #expect(tree["size"] == .string("large") && tree["depth"] == .integer(3))
    #expect(tree["width"] == nil && tree["heads"] == nil)

    let numbers = try decode(["width": .integer(1024), "depth": .integer(3), "heads": .integer(16)])
    #expect(numbers == large && !numbers.isWritten(like: large))
    #expect(JSONValue.encoding(numbers.weightsCoding) == .encoding(large.weightsCoding))
    #expect(try decode(["size": .string("large")]) != large)
  }

  @Test func weightsFilesHaveNoSizeAndRecipesNoForms() throws {
    for key in Self.onlyInRecipes.union(["heads", "imageSize"]) {
      let tree = JSONValue.encoding(Model().weightsCoding).overlaid(with: .object([key: .integer(1)]))
      let failure = try #require(throws: Failure.self) {
        try StrictDecoder.decode(Model.WeightsCoding.self, from: tree, at: "weights")
      }
      #expect(failure.problem == "unknown key '\(key)'")
    }
    for key in Self.onlyInWeights.union(["headCount", "imageHeight"]) {
      let tree = JSONValue.encoding(Model()).overlaid(with: .object([key: .integer(1)]))
      let failure = try #require(throws: Failure.self) {
        try StrictDecoder.decode(Model.self, from: tree, at: "recipe")
      }
      #expect(failure.problem == "unknown key '\(key)'")
    }
  }

  private static func names(_ tree: JSONValue) -> Set<String> {
    if case .object(let entries) = tree { Set(entries.keys) } else { [] }
  }

  private static func random(seed: UInt64) -> Model {
    var random = RandomStream(seed: seed, purpose: .synthetic)
    func integer(_ range: ClosedRange<Int>) -> Int {
      range.lowerBound + random.index(below: range.count)
    }
    func one<Value>(of values: [Value]) -> Value { values[random.index(below: values.count)] }
    func norm() -> Choice {
      one(of: ["layerNorm", "rmsNorm", Choice("rmsNorm", options: ["epsilon": .number(random.uniform())])])
    }
    var model = Model()
    model.size = one(of: NamedSize.allCases)
    if one(of: [true, false]) || seed == 1 { model.width = integer(1...2048) }
    if one(of: [true, false]) || seed == 1 { model.depth = integer(1...48) }
    if one(of: [true, false]) || seed == 1 { model.headCount = integer(1...32) }
    model.mlpRatio = random.uniform() * 8
    model.imageSize = ImageSize(height: integer(1...512), width: integer(1...512))
    (model.patchSize, model.channels) = (integer(1...32), integer(1...16))
    (model.hasClassToken, model.registerCount) = (one(of: [true, false]), integer(0...8))
    (model.positions, model.rotaryBase) = (one(of: Positions.allCases), 1 + 1000 * random.uniform())
    (model.pooling, model.stem) = (one(of: Pooling.allCases), one(of: Stem.allCases))
    (model.patchNorm, model.patchNormFunction) = (one(of: PatchNorm.allCases), norm())
    (model.norm, model.finalNorm) = (norm(), one(of: [nil, norm()]))
    model.layerNorms = (0..<integer(0...3)).map { _ in norm() }
    model.siteNorms = one(of: [[:], ["blocks.0.norm1": norm()]])
    (model.stream, model.placement) = (one(of: StreamForm.allCases), one(of: ["pre", "post", "sandwich"]))
    (model.queryKeyNorm, model.branchCount) = (one(of: [true, false]), integer(1...4))
    model.initializer = one(of: [nil, "mimetic", "xavierUniform"])
    (model.layerScale, model.dropPath) = (one(of: [nil, random.uniform()]), random.uniform())
    model.activation = one(of: Activation.allCases)
    (model.normBeforeBlocks, model.normAfterPooling) = (one(of: [true, false]), one(of: [true, false]))
    return model
  }
}
