import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Every parameter of every objective is told what it is and whose.
@Suite("Owners of parameters")
struct ParameterOwnerTests {
  /// All objectives, with the parts that only some options give.
  private static let objectives: [Choice] = {
    let others: [Choice] = [
      Choice("mae", options: ["decoderWidth": .integer(8), "decoderHeads": .integer(2)]), "simCLR",
      Choice("mocoV3", options: ["headWidth": .integer(24)]),
      Choice("dino", options: ["headWidth": .integer(24), "outputs": .integer(16)]),
    ]
    let classes = JSONValue.array([.string("a"), .string("b"), .string("c")])
    let classifying = ["pooled", "tokens"].map { norm in
      Choice("classification", options: ["norm": .string(norm), "classes": classes])
    }
    return ComparingModel.masked + ComparingModel.distilled + others + classifying
  }()

  private static let changes: [@Sendable (inout VisionTransformerConfiguration) -> Void] = [
    { _ in },
    { ($0.layerScale, $0.registerCount, $0.branchCount) = (0.1, 2, 2) },
    { ($0.norm, $0.patchNormFunction, $0.stem) = ("batchNorm", "batchNorm", .hMLP) },
    { ($0.norm, $0.placement) = ("prepBN", "normFormer") },
    { ($0.placement, $0.norm) = ("post", "biasNorm") },
    { ($0.placement, $0.norm) = ("branchNorm", "removedLayerNorm") },
  ]

  @Test func everyObjectiveIsTried() {
    #expect(Set(Self.objectives.map(\.name)) == Set(Objectives.all.map { $0.name }))
  }

  @Test(arguments: objectives, changes.indices)
  func rolesAndSitesFitShapesAndNames(_ objective: Choice, change: Int) throws {
    let model = try ComparingModel.masked(objective, Self.changes[change])
    // What a store is told while the encoder is declared alone.
    let alone = ParameterStore()
    _ = try VisionTransformer(model.encoder.configuration, parameters: alone)
    let encoders = Set(alone.parameters.map(\.name))
    for parameter in model.store.parameters {
      let (name, site) = (parameter.name, parameter.site)
      let parts = name.split(separator: ".").map(String.init)
      #expect(parameter.hasShapeOfRole, "\(name): \(parameter.role) of shape \(parameter.shape)")
      #expect((parts.last == "bias") == (parameter.role == .bias), "\(name)")
      #expect(name.hasSuffix("_token") == (parameter.role == .token), "\(name)")
      #expect(name.hasSuffix("pos_embed") == (parameter.role == .positions), "\(name)")
      #expect((parameter.shape.count == 2) == parameter.role.isMatrix, "\(name)")
      #expect(parameter.role != .gain || site.norm.map { name.hasPrefix($0 + ".") } == true, "\(name)")
      let owner: ParameterSite.Owner =
        encoders.contains(name) ? .encoder : parts[0] == "teacher" ? .teacher : .objective
      #expect(site.owner == owner, "\(name)")
      #expect((parameter.student != nil) == (owner == .teacher), "\(name)")
      if let stack = parts[0].wholeMatch(of: /(.+)_blocks/)?.output.1 {
        #expect(site.stack == String(stack) && site.block == Int(parts[1]) && site.sublayer != nil, "\(name)")
      } else if owner == .objective {
        #expect(site.block == nil && site.sublayer == nil && !site.isInsideSublayer, "\(name)")
      }
    }
    #expect(model.store.parameters(of: .encoder).map(\.name) == alone.parameters.map(\.name))
    #expect(model.encoder.ownParameters.map(\.name) == alone.parameters.map(\.name))
  }

  /// What weight decay pulls on by default is what has two axes or more.
  @Test(arguments: objectives, ["adamW", "sgd", "lars"])
  func decayGoesByTheNumberOfAxes(_ objective: Choice, optimizer: String) throws {
    let choice = Choice(optimizer, options: ["weightDecay": .number(0.5)])
    let model = try ComparingModel.masked(objective) { $0.layerScale = 0.3 }
    model.store.randomize(seed: 2)
    for parameter in model.trainable {
      let before = parameter.value.values
      let moving = try Optimizers.all.select(choice, at: "test").make([parameter])
      for slice in ParameterSlice.slices(of: [parameter], size: .max) {
        _ = moving.update(
          slice, gradients: [Tensor(shape: parameter.shape)], OptimizerStep(number: 1, learningRate: 0.1))
      }
      #expect((parameter.value.values != before) == (parameter.shape.count > 1), "\(parameter.name)")
    }
  }

  /// A teacher's parameter follows the one that has its name, which stands where it stands.
  @Test(arguments: objectives.filter { ["mocoV3", "dino"].contains($0.name) }, changes.indices)
  func teachersFollowTheirLike(_ objective: Choice, change: Int) throws {
    let model = try ComparingModel(objective, Self.changes[change])
    let teachers = model.store.parameters(of: .teacher)
    #expect(!teachers.isEmpty)
    for teacher in teachers {
      let student = try #require(teacher.student)
      #expect(teacher.name == "teacher.\(student.name)" && teacher.role == student.role)
      #expect(
        teacher.shape == student.shape
          && teacher.layer == (student.layer.isEmpty ? "teacher" : "teacher.\(student.layer)"))
      var site = teacher.site
      (site.owner, site.norm) = (student.site.owner, student.site.norm)
      #expect(site == student.site, "\(teacher.name)")
      #expect(teacher.site.norm == student.site.norm.map { "teacher.\($0)" })
    }
  }

  /// Decoders have a stack of their own, with what stands before and behind it.
  @Test func decodersAreStacks() throws {
    let model = try ComparingModel.masked(try #require(ComparingModel.masked.last))
    for (name, stack, stage, role) in [
      ("position_embed.weight", "position", .entry, .matrix(.decoderEmbedding)),
      ("position_norm.weight", "position", .exit, .gain),
      ("position_pred.weight", "position", .exit, .matrix(.prediction)),
      ("mask_token", "decoder", .entry, .token), ("decoder_pos_embed", "decoder", .entry, .positions),
      ("decoder_embed.weight", "decoder", .entry, .matrix(.decoderEmbedding)),
      ("decoder_blocks.0.norm1.weight", "decoder", .block(0), .gain),
      ("decoder_norm.bias", "decoder", .exit, .bias),
      ("decoder_pred.weight", "decoder", .exit, .matrix(.prediction)),
      ("position_token", nil, nil, .token),
    ] as [(String, String?, ParameterSite.Stage?, ParameterRole)] {
      let parameter = try #require(model.store[name])
      #expect(parameter.site.stack == stack && parameter.site.stage == stage, "\(name)")
      #expect(parameter.role == role && parameter.site.owner == .objective, "\(name)")
    }
  }
}
