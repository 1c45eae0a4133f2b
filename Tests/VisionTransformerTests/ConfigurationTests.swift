import Foundation
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

@Suite("Configuration")
struct ConfigurationTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout VisionTransformerConfiguration) -> Void

    init(_ what: String, _ change: @escaping @Sendable (inout VisionTransformerConfiguration) -> Void) {
      (testDescription, self.change) = (what, change)
    }

    static let impossible: [Example] = [
      Example("no width") { $0.width = 0 },
      Example("negative width") { $0.width = -12 },
      Example("no depth") { $0.depth = 0 },
      Example("no heads") { $0.headCount = 0 },
      Example("heads that do not divide") { $0.headCount = 5 },
      Example("height between patches") { $0.imageHeight = 5 },
      Example("width between patches") { $0.imageWidth = 7 },
      Example("no patch") { $0.patchSize = 0 },
      Example("a patch larger than the image") { $0.patchSize = 8 },
      Example("too many channels") { $0.channels = 65 },
      Example("negative registers") { $0.registerCount = -1 },
      Example("too many registers") { $0.registerCount = 2_000 },
      Example("a width that sines cannot fill") { ($0.width, $0.headCount) = (10, 2) },
      Example("a class token pooled but absent") { ($0.hasClassToken, $0.pooling) = (false, .classToken) },
      Example("every path dropped") { $0.dropPath = 1 },
      Example("a negative drop path") { $0.dropPath = -0.1 },
      Example("a drop path that is no number") { $0.dropPath = .nan },
      Example("no MLP") { $0.mlpRatio = 0 },
      Example("an MLP that is no number") { $0.mlpRatio = .nan },
      Example("an endless MLP") { $0.mlpRatio = .infinity },
      Example("an MLP of nothing") { $0.mlpRatio = 0.01 },
      Example("a width beyond any machine") { ($0.width, $0.headCount) = (1 << 20, 1) },
      Example("a depth beyond any machine") { ($0.width, $0.headCount, $0.depth) = (1 << 14, 1, 1 << 20) },
      Example("a picture beyond any machine") {
        ($0.imageHeight, $0.imageWidth, $0.patchSize) = (1 << 20, 1 << 20, 1)
      },
      Example("a patch beyond any machine") {
        ($0.imageHeight, $0.imageWidth, $0.patchSize) = (1 << 20, 1 << 20, 1 << 20)
      },
      Example("an unknown norm") { $0.norm = "layernom" },
      Example("an unknown placement") { $0.placement = "prae" },
      Example("an unknown initializer") { $0.initializer = "xaver" },
      Example("an unknown option") { $0.norm = Choice("layerNorm", options: ["epsilonn": .number(1)]) },
      Example("an option of another type") {
        $0.norm = Choice("rmsNorm", options: ["epsilon": .string("x")])
      },
    ]
  }

  @Test(arguments: Example.impossible)
  func theImpossibleIsRefused(_ example: Example) throws {
    let failure = try #require(throws: Failure.self) {
      try VisionTransformer(
        smallConfiguration(example.change), parameters: ParameterStore(), place: "here")
    }
    #expect(failure.place.hasPrefix("here") && !failure.problem.isEmpty && !failure.remedy.isEmpty)
  }

  @Test func misspeltVariantsAreCorrected() throws {
    let norm = try #require(throws: Failure.self) {
      try Norms.all.select("layernom", at: "recipe: model.norm").factory
    }
    #expect(norm.remedy.contains("'layerNorm'") && norm.place == "recipe: model.norm")
    let option = try #require(throws: Failure.self) {
      try Norms.all.select(Choice("layerNorm", options: ["epsilonn": .number(1)]), at: "here").factory
    }
    #expect(option.remedy.contains("'epsilon'") && option.problem.contains("epsilonn"))
  }

  @Test func optionsReachTheNorm() throws {
    let patches = Tensor.random([1, 6, 12], scale: 1e-3)
    func tokens(_ norm: Choice) throws -> Tensor {
      let model = try VisionTransformer(
        smallConfiguration { $0.norm = norm }, parameters: ParameterStore(seed: 1))
      return model.encode(patches, Tape(.evaluating))
    }
    let given = try tokens(Choice("layerNorm", options: ["epsilon": .number(1)]))
    #expect(relativeError(given, to: try tokens("layerNorm")) > 0.1)
    #expect(
      try tokens(Choice("layerNorm", options: ["epsilon": .number(1e-6)])).values
        == tokens("layerNorm").values)
  }

  @Test func itSurvivesJSON() throws {
    let configuration = smallConfiguration {
      $0.norm = Choice("rmsNorm", options: ["epsilon": .number(1e-5)])
      $0.layerScale = 1e-5
      $0.positions = .learned
    }
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(VisionTransformerConfiguration.self, from: data) == configuration)
  }

  @Test func theDefaultIsATinyViTOfSixteen() throws {
    let configuration = VisionTransformerConfiguration()
    try configuration.validate()
    #expect(configuration.grid.count == 196 && configuration.hiddenWidth == 768)
  }
}
