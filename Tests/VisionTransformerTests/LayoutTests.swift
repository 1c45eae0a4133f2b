import Foundation
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Encoders of timm and transformers, read from the files that these write, beside what they gave.
struct LayoutTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    /// Whether a config.json lies beside the weights.
    let configured: Bool
    var testDescription: String { name }
  }

  static let folder = Bundle.module.resourceURL?.appending(path: "Golden/layouts") ?? URL(filePath: "/")
  static let cases =
    (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: folder.appending(path: "cases.json"))))
    ?? []

  /// What the files without a config.json do not tell.
  private var given: EncoderFacts {
    var facts = EncoderFacts()
    facts.headCount = 2
    facts.epsilon = 1e-6
    facts.activation = .gelu
    facts.mean = [0.5]
    facts.standardDeviation = [0.5]
    return facts
  }

  @Test func allArePresent() { #expect(Self.cases.count >= 26) }

  /// Two blocks of Float, beside the libraries in double precision.
  private let tolerance = bound(single: 2e-6, double: 1e-6)

  /// The folder, or the checkpoint in it where it holds no more.
  private static func url(_ name: String) -> URL {
    let folder = folder.appending(path: name)
    let checkpoint = folder.appending(path: "checkpoint.pth")
    return FileManager.default.fileExists(atPath: checkpoint.path) ? checkpoint : folder
  }

  private func expectFeatures(_ file: ModelFile, of name: String) throws {
    let expected = try SafetensorsFile(contentsOf: Self.folder.appending(path: "expected.safetensors"))
    func tensor(_ name: String) throws -> Tensor {
      Tensor(shape: try #require(expected.shapes[name]), values: try expected.values(name))
    }
    let features = try file.makeModel().features(try tensor("patches"), Tape(.evaluating))
    let error = relativeError(features, to: try tensor(name))
    #expect(error <= tolerance, "\(name): \(error)")
  }

  @Test(arguments: cases) func givesTheSameFeatures(_ entry: Case) throws {
    var facts = entry.configured ? huggingFaceStatistics(entry) : given
    if entry.name == "dinov2-swiglu" { facts.activation = nil }
    let file = try ModelFile(contentsOf: Self.url(entry.name), facts: facts)
    try expectFeatures(file, of: entry.name)
    #expect(file.origin?.layout.name == layouts[entry.name] ?? "timm")
    #expect(file.configuration.activation == activations[entry.name] ?? .gelu)
  }

  /// `save_pretrained` of a model writes no preprocessor_config.json.
  private func huggingFaceStatistics(_ entry: Case) -> EncoderFacts {
    var facts = EncoderFacts()
    if entry.name.hasPrefix("hf-") {
      (facts.mean, facts.standardDeviation) = (given.mean, given.standardDeviation)
    }
    return facts
  }

  private let layouts = [
    "hf-vit": "hf-vit", "hf-vit-classifier": "hf-vit", "hf-mae": "hf-mae", "hf-dinov2": "hf-dinov2",
    "hf-dinov2-registers": "hf-dinov2", "mae": "mae", "moco-v3": "moco-v3", "dinov2": "dinov2",
    "dinov2-swiglu": "dinov2", "hf-dinov2-swiglu": "hf-dinov2", "hf-vit-gelu_new": "hf-vit",
    "hf-vit-quick_gelu": "hf-vit",
  ]

  private let activations: [String: Activation] = [
    "timm-swiglu": .swiGLU, "timm-swiglu-apart": .swiGLU, "timm-entry-norm": .quickGELU,
    "dinov2-swiglu": .swiGLU, "hf-dinov2-swiglu": .swiGLU,
    "timm-quick-gelu": .quickGELU, "hf-vit-quick_gelu": .quickGELU, "timm-gelu-tanh": .geluTanh,
    "hf-vit-gelu_new": .geluTanh,
  ]

  /// What is said of an MLP fits its shapes, or is refused.
  @Test(arguments: [("timm-swiglu", Activation.gelu), ("hf-dinov2-swiglu", .relu), ("timm", .swiGLU)])
  func refusesAnotherActivationThanTheShapes(_ name: String, _ activation: Activation) throws {
    var facts = given
    facts.activation = activation
    let failure = try #require(throws: Failure.self) {
      try ModelFile(contentsOf: Self.folder.appending(path: name), facts: facts)
    }
    #expect(failure.remedy.contains("--encoder-activation"), "\(failure)")
  }

  /// Without a config.json a gate is taken for SwiGLU's.
  @Test func aGateAloneTellsSwiGLU() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "model.safetensors")
    try FileManager.default.copyItem(
      at: Self.folder.appending(path: "timm-swiglu/model.safetensors"), to: url)
    var facts = given
    facts.activation = nil
    #expect(try ModelFile(contentsOf: url, facts: facts).configuration.activation == .swiGLU)
  }

  /// The names of transformers 5's modules, of which a state dict has been saved.
  @Test(arguments: cases.filter { $0.name.hasPrefix("hf-") })
  func readsTheNamesOfModules(_ entry: Case) throws {
    let url = Self.folder.appending(path: "\(entry.name)/modules.safetensors")
    let file = try ModelFile(contentsOf: url, facts: huggingFaceStatistics(entry))
    try expectFeatures(file, of: entry.name)
  }

  @Test func readsShards() throws {
    let file = try ModelFile(contentsOf: Self.folder.appending(path: "hf-vit/shards"))
    try expectFeatures(file, of: "hf-vit")
    #expect(file.preprocessing.mean == [0.5, 0.5, 0.5])
    #expect(file.preprocessing.standardDeviation == [0.25, 0.25, 0.25])
  }

  @Test func timmsConfigurationIsTaken() throws {
    let file = try ModelFile(contentsOf: Self.folder.appending(path: "timm"))
    #expect(file.configuration.headCount == 2 && file.configuration.imageHeight == 12)
    #expect(file.configuration.pooling == .classToken && file.configuration.patchNorm == .none)
    #expect(file.preprocessing.resizeShorterSide == 16)
    #expect(file.preprocessing.mean == [0.5, 0.5, 0.5])
  }

  /// All that is not known is asked for at once.
  @Test func asksForWhatIsNotTold() throws {
    let url = Self.url("dino")
    let failure = try #require(throws: Failure.self) { try ModelFile(contentsOf: url) }
    for option in ["heads", "epsilon", "activation", "mean", "std"] {
      #expect(failure.remedy.contains("--encoder-\(option)"), "\(failure)")
    }
    var facts = given
    facts.headCount = nil
    let second = try #require(throws: Failure.self) { try ModelFile(contentsOf: url, facts: facts) }
    #expect(second.remedy.contains("--encoder-heads") && !second.remedy.contains("--encoder-mean"))
  }

  @Test func saysWhatIsNotRead() throws {
    let dino = try ModelFile(contentsOf: Self.url("dino"), facts: given)
    let origin = try #require(dino.origin)
    #expect(origin.prefix == "teacher.backbone.")
    #expect(origin.unread.allSatisfy { $0.hasPrefix("student.") } && origin.unread.count > 10)
    let mae = try ModelFile(contentsOf: Self.url("mae"), facts: given)
    #expect(
      mae.origin?.unread
        == ["decoder_embed.bias", "decoder_embed.weight", "mask_token"].map { "model.\($0)" })
    #expect(mae.origin?.prefix == "model.")
  }
}
