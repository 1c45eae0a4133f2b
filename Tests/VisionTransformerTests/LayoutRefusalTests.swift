import Foundation
import Imaging
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Files of other libraries that Vitrail cannot use: one error each, which names the tensor or the part.
struct LayoutRefusalTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Shapes of a timm encoder of 4×4 images in patches of 2.
  private static let shapes: [String: [Int]] = {
    var shapes: [String: [Int]] = [
      "cls_token": [1, 1, 8], "pos_embed": [1, 5, 8], "patch_embed.proj.weight": [8, 3, 2, 2],
      "patch_embed.proj.bias": [8], "norm.weight": [8], "norm.bias": [8],
    ]
    for (name, outputs, inputs) in [
      ("attn.qkv", 24, 8), ("attn.proj", 8, 8), ("mlp.fc1", 16, 8), ("mlp.fc2", 8, 16),
    ] {
      shapes["blocks.0.\(name).weight"] = [outputs, inputs]
      shapes["blocks.0.\(name).bias"] = [outputs]
    }
    for norm in ["norm1", "norm2"] {
      shapes["blocks.0.\(norm).weight"] = [8]
      shapes["blocks.0.\(norm).bias"] = [8]
    }
    return shapes
  }()

  private static var facts: EncoderFacts {
    var facts = EncoderFacts()
    (facts.headCount, facts.epsilon, facts.activation) = (2, 1e-6, .gelu)
    (facts.mean, facts.standardDeviation) = ([0.5], [0.5])
    return facts
  }

  private func open(_ shapes: [String: [Int]], _ facts: EncoderFacts = facts) throws -> ModelFile {
    let url = folder("weights.safetensors")
    try SafetensorsFile.write(
      shapes.sorted { $0.key < $1.key }.map { ($0.key, Tensor(shape: $0.value)) }, metadata: [:], to: url)
    return try ModelFile(contentsOf: url, facts: facts)
  }

  private func failure(
    _ facts: EncoderFacts = facts, _ change: (inout [String: [Int]]) -> Void
  ) throws -> Failure {
    var shapes = Self.shapes
    change(&shapes)
    return try #require(throws: Failure.self) { try open(shapes, facts) }
  }

  @Test func thePlainOneIsRead() throws {
    let model = try open(Self.shapes).makeModel()
    #expect(model.configuration.imageHeight == 4 && model.configuration.hiddenWidth == 16)
  }

  @Test(
    arguments: [
      ("dist_token", [1, 1, 8], "distilled token"),
      ("fc_norm.weight", [8], "both of the tokens and of the pooled vector"),
      ("blocks.0.gamma_1", [8], "LayerScale under BEiT's names"),
      ("blocks.0.attn.relative_position_bias_table", [9, 2], "relative position bias"),
      ("rel_pos_bias.relative_position_bias_table", [9, 2], "relative position bias"),
      ("attn_pool.latent", [1, 1, 8], "pooling by attention"),
      ("blocks.0.mlp.gate.weight", [8], "a part that Vitrail's encoder has not"),
    ] as [(String, [Int], String)])
  func partsThatVitrailHasNotAreNamed(name: String, shape: [Int], part: String) throws {
    let failure = try failure { $0[name] = shape }
    #expect(failure.problem.contains(name) && failure.problem.contains(part), "\(failure)")
  }

  @Test(arguments: ["blocks.0.attn.proj.weight", "blocks.0.norm2.weight", "blocks.0.mlp.fc2.weight"])
  func whatIsMissingIsNamed(name: String) throws {
    let failure = try failure { $0[name] = nil }
    #expect(failure.problem.contains("'\(name)'") && failure.problem.contains("missing"), "\(failure)")
  }

  @Test func shapesThatDoNotFitAreNamed() throws {
    #expect(try failure { $0["blocks.0.attn.qkv.weight"] = [16, 8] }.problem.contains("attn.qkv.weight"))
    #expect(try failure { $0["patch_embed.proj.weight"] = [8, 3, 2, 4] }.problem.contains("2×4"))
    #expect(try failure { $0["patch_embed.proj.weight"] = [8, 12] }.problem.contains("4 axes"))
    #expect(try failure { $0["pos_embed"] = [1, 5, 4] }.problem.contains("pos_embed"))
  }

  /// Positions of images that are not square are no less positions; only the size has to be given.
  @Test func sizesThatTheTableDoesNotTellAreAskedFor() throws {
    var shapes = Self.shapes
    shapes["pos_embed"] = [1, 7, 8]
    let failure = try #require(throws: Failure.self) { try open(shapes) }
    #expect(failure.remedy.contains("--encoder-image-size"), "\(failure)")
    var facts = Self.facts
    facts.imageSize = ImageSize(height: 4, width: 6)
    #expect(try open(shapes, facts).configuration.grid.columns == 3)
    facts.imageSize = ImageSize(height: 8, width: 8)
    let other = try #require(throws: Failure.self) { try open(shapes, facts) }
    #expect(other.problem.contains("7 positions"), "\(other)")
  }

  @Test func headsThatDoNotDivideTheWidthAreRefused() throws {
    var facts = Self.facts
    facts.headCount = 3
    #expect(try failure(facts) { _ in }.problem.contains("3 heads"))
    facts = Self.facts
    facts.mean = [0.5, 0.5]
    #expect(try failure(facts) { _ in }.problem.contains("2 means for 3 channels"))
  }

  @Test func severalEncodersAreNamed() throws {
    let shapes = Dictionary(
      uniqueKeysWithValues: Self.shapes.flatMap { [("a.\($0.key)", $0.value), ("b.\($0.key)", $0.value)] })
    let failure = try #require(throws: Failure.self) { try open(shapes) }
    #expect(failure.problem.contains("'a.', 'b.'"), "\(failure)")
  }

  @Test func aFileWithoutAnEncoderIsNamed() throws {
    let failure = try #require(throws: Failure.self) { try open(["conv1.weight": [8, 3, 3, 3]]) }
    #expect(failure.problem.contains("no encoder") && failure.problem.contains("timm"), "\(failure)")
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"weight_map": {"a": 3}}"#, #"{"weight_map": {"a": "../a.safetensors"}}"#,
    #"{"weight_map": {"a": "a.bin"}}"#, #"{"weight_map": {"a": "missing.safetensors"}}"#,
    #"{"weight_map": {"a": "part.safetensors"}}"#,
  ])
  func anIndexThatLiesIsRefused(text: String) throws {
    try SafetensorsFile.write([("b", Tensor(shape: [1]))], metadata: [:], to: folder("part.safetensors"))
    let url = folder("model.safetensors.index.json")
    try Data(text.utf8).write(to: url)
    #expect(throws: Failure.self) { try ShardedSafetensors(index: url) }
  }

  @Test(arguments: [
    "no JSON", #"{"model_type": "vit", "hidden_act": "relu6"}"#,
    #"{"architecture": "vit_tiny_patch2_4", "global_pool": "map"}"#,
  ])
  func aConfigurationThatCannotBeIsRefused(text: String) throws {
    try Data(text.utf8).write(to: folder("config.json"))
    let failure = try failure { _ in }
    #expect(failure.place.contains("config.json"), "\(failure)")
  }
}
