import Foundation
import Imaging
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

@Suite("Model files")
struct ModelFileTests {
  private let folder: TemporaryFolder
  private let preprocessing = Preprocessing(
    height: 4, width: 6, resizeShorterSide: 5, filter: .bilinear, mean: [0.1, 0.2, 0.3],
    standardDeviation: [0.4, 0.5, 0.6])

  init() throws { folder = try TemporaryFolder() }

  private func rich() -> VisionTransformerConfiguration {
    smallConfiguration {
      $0.norm = Choice("rmsNorm", options: ["epsilon": .number(1e-5)])
      $0.placement = "post"
      $0.positions = .learned
      $0.registerCount = 2
      $0.layerScale = 0.1
      $0.dropPath = 0.1
      $0.pooling = .classToken
    }
  }

  @Test func aWrittenModelComesBack() throws {
    let url = folder("model.safetensors")
    for configuration in [smallConfiguration(), rich()] {
      let model = try makeModel(configuration)
      for parameter in model.parameters.parameters {  // files hold Float
        parameter.assign(parameter.value.values.map { Scalar(Float($0)) })
      }
      try model.write(to: url, preprocessing: preprocessing)
      let file = try ModelFile(contentsOf: url)
      #expect(file.configuration == configuration && file.preprocessing == preprocessing)
      let copy = try file.makeModel()
      let patches = Tensor.random([2, 6, 12], seed: 4)
      let tape = Tape(.evaluating)
      #expect(copy.features(patches, tape).values == model.features(patches, tape).values)
      for (parameter, original) in zip(copy.parameters.parameters, model.parameters.parameters) {
        #expect(parameter.name == original.name && parameter.value.values == original.value.values)
      }
    }
  }

  @Test func moreTensorsAndTextAreKept() throws {
    let url = folder("checkpoint.safetensors")
    let model = try makeModel(smallConfiguration())
    try ModelFile.write(
      model.parameters.parameters.map { ($0.name, $0.value) } + [("optimizer.x", Tensor(shape: [1]))],
      configuration: model.configuration, preprocessing: preprocessing, metadata: ["step": "12"], to: url)
    let file = try ModelFile(contentsOf: url)
    #expect(file.file.metadata["step"] == "12" && file.file.shapes["optimizer.x"] != nil)
    #expect(try file.makeModel().configuration == model.configuration)
  }

  private func failure(
    _ change: (inout [(name: String, tensor: Tensor)], inout [String: String]) -> Void,
    configuration: VisionTransformerConfiguration = smallConfiguration()
  ) throws -> Failure {
    let url = folder("bad.safetensors")
    let model = try makeModel(smallConfiguration())
    try ModelFile.write(
      model.parameters.parameters.map { ($0.name, $0.value) }, configuration: configuration,
      preprocessing: preprocessing, to: url)
    let file = try SafetensorsFile(contentsOf: url)
    var metadata = file.metadata
    var tensors = model.parameters.parameters.map { (name: $0.name, tensor: $0.value) }
    change(&tensors, &metadata)
    try SafetensorsFile.write(tensors, metadata: metadata, to: url)
    let failure = try #require(throws: Failure.self) { try ModelFile(contentsOf: url).makeModel() }
    #expect(failure.place.hasPrefix(url.path))
    return failure
  }

  @Test func weightsThatDoNotFitAreRefused() throws {
    let missing = try failure { tensors, _ in tensors.removeAll { $0.name == "norm.bias" } }
    #expect(missing.problem.contains("'norm.bias' is missing"))
    let reshaped = try failure { tensors, _ in
      for index in tensors.indices where tensors[index].name == "norm.bias" {
        tensors[index].tensor = Tensor(shape: [13])
      }
    }
    #expect(reshaped.problem.contains("[13]") && reshaped.problem.contains("[12]"))
  }

  @Test func aConfigurationThatIsNoneIsRefused() throws {
    #expect(try failure { $1["configuration"] = nil }.problem.contains("'configuration'"))
    #expect(try failure { $1["preprocessing"] = nil }.problem.contains("'preprocessing'"))
    _ = try failure { $1["configuration"] = "{" }
    _ = try failure { $1["configuration"] = "[]" }
    _ = try failure { $1["preprocessing"] = "{}" }
    let unknown = try failure {
      $1["configuration"] = $1["configuration"]?.replacing(#""width""#, with: #""wight""#)
    }
    #expect(unknown.place.contains("configuration"))
  }

  /// The weights of a small model under a configuration that would take terabytes.
  @Test func aConfigurationBeyondTheFileTakesNoMemory() throws {
    for change: (inout VisionTransformerConfiguration) -> Void in [
      { $0.depth = 1 << 20 }, { ($0.imageHeight, $0.imageWidth) = (1 << 20, 1 << 20) },
      { ($0.imageHeight, $0.imageWidth, $0.patchSize) = (1 << 16, 1 << 16, 1 << 16) },
      { ($0.width, $0.headCount, $0.mlpRatio) = (12 << 12, 1, 0.5) },
    ] {
      _ = try failure({ _, _ in }, configuration: smallConfiguration(change))
    }
  }
}
