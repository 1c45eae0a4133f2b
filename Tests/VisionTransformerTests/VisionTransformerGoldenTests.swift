import Foundation
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Whole encoders against the PyTorch reference in double precision, weights given by name.
@Suite("Encoders against PyTorch")
struct VisionTransformerGoldenTests {
  static let models = try? GoldenModel.all("vit.json", in: .module)

  @Test func allArePresent() throws {
    #expect(try #require(Self.models).count >= 7)
  }

  /// A dozen layers of Float, each good to about 2e-7 of its largest output.
  private let tolerance = bound(single: 1.5e-6, double: 1e-7)

  @Test(arguments: models ?? [])
  func giveTheSameTokensAndFeatures(_ golden: GoldenModel) throws {
    let file = try GoldenFile(golden.file, in: .module)
    let patches = try file("patches")
    for (pooling, name) in [(Pooling.mean, "features_mean"), (.classToken, "features_cls")] {
      var configuration = golden.configuration
      configuration.pooling = pooling
      let model = try VisionTransformer(configuration, parameters: ParameterStore())
      try file.load(into: model.parameters)
      let tape = Tape(.evaluating)
      #expect(relativeError(model.encode(patches, tape), to: try file("tokens")) <= tolerance)
      #expect(relativeError(model.features(patches, tape), to: try file(name)) <= tolerance)
    }
  }

  /// Nothing in the file but parameters, input and results.
  @Test(arguments: models ?? [])
  func haveTheSameParameters(_ golden: GoldenModel) throws {
    let file = try GoldenFile(golden.file, in: .module)
    let model = try VisionTransformer(golden.configuration, parameters: ParameterStore())
    let results = ["patches", "tokens", "features_cls", "features_mean"]
    #expect(model.parameters.parameters.map(\.name).sorted() == file.names.filter { !results.contains($0) })
  }

  /// The fixed positions that the model declares are those of the reference.
  @Test(arguments: models ?? [])
  func declareTheSamePositions(_ golden: GoldenModel) throws {
    guard golden.configuration.positions == .sinCos2D else { return }
    let model = try VisionTransformer(golden.configuration, parameters: ParameterStore())
    let positions = try #require(model.parameters["pos_embed"])
    let wanted = try GoldenFile(golden.file, in: .module)("pos_embed")
    #expect(relativeError(positions.value, to: wanted) <= 6e-8)
  }
}
