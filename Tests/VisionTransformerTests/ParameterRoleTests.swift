import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Every parameter of every model is told what it is: its role fits its shape, and its site the name that files give it.
@Suite("Roles of an encoder's parameters")
struct ParameterRoleTests {
  private static let models: [VisionTransformerConfiguration] = {
    let stems = Norms.all.map { norm in
      smallConfiguration {
        ($0.stem, $0.imageHeight, $0.imageWidth, $0.patchSize) = (.hMLP, 8, 12, 4)
        ($0.norm, $0.patchNormFunction, $0.patchNorm) = (Choice(norm.name), Choice(norm.name), .dual)
      }
    }
    let positions = Positions.allCases.map { kind in smallConfiguration { $0.positions = kind } }
    return VariantTests.models + stems + positions
  }()

  @Test func fitShapesAndNames() throws {
    for configuration in Self.models { try expectFit(configuration) }
  }

  private func expectFit(_ configuration: VisionTransformerConfiguration) throws {
    let model = try makeModel(configuration, seed: nil)
    let norms = model.recipe.declaredNorms.map(\.name)
    for parameter in model.parameters.parameters {
      let (name, parts) = (parameter.name, parameter.name.split(separator: ".").map(String.init))
      let (site, last) = (parameter.site, parts.last ?? "")
      #expect(parameter.hasShapeOfRole, "\(name): \(parameter.role) of shape \(parameter.shape)")
      #expect(parameter.layer == parts.dropLast().joined(separator: "."), "\(name)")
      #expect(site.owner == .encoder && site.stack == "encoder", "\(name)")
      #expect((last == "bias") == (parameter.role == .bias), "\(name)")
      #expect((last == "gamma") == (parameter.role == .layerScale), "\(name)")
      #expect(["cls_token", "reg_token"].contains(name) == (parameter.role == .token), "\(name)")
      #expect((name == "pos_embed") == (parameter.role == .positions), "\(name)")
      #expect((parameter.shape.count == 2) == parameter.role.isMatrix, "\(name)")
      #expect(parameter.role != .gain || site.norm != nil, "\(name)")
      #expect(site.norm == norms.first { name.hasPrefix($0 + ".") }, "\(name)")
      let stage: ParameterSite.Stage =
        switch parts[0] {
        case "blocks": .block(Int(parts[1]) ?? -1)
        case "norm": .exit
        default: name.hasPrefix("patch_embed.proj.") ? .stem : .entry
        }
      #expect(site.stage == stage, "\(name)")
      guard parts[0] == "blocks" else {
        #expect(site.sublayer == nil && site.branch == nil && !site.isInsideSublayer, "\(name)")
        continue
      }
      #expect(site.isInsideSublayer == (parts.contains("attn") || parts.contains("mlp")), "\(name)")
      let attention = ["attn", "attns", "attn_ln", "norm1", "ls1", "branch1"]
      #expect((site.sublayer == .attention) == attention.contains(parts[2]), "\(name)")
      #expect(site.sublayer != nil && site.branch == (configuration.branchCount > 1 ? Int(parts[3]) : nil))
    }
    #expect(model.ownParameters.map(\.name) == model.parameters.parameters.map(\.name))
  }

  /// What each matrix is for, by the names of public checkpoints.
  @Test func ofMatricesFitNames() throws {
    let endings: [(ending: String, role: WeightRole)] = [
      ("attn.qkv", .queryKeyValue), ("attn.proj", .attentionProjection), ("mlp.fc1", .mlpHidden),
      ("mlp.fc2", .mlpOutput),
    ]
    for configuration in Self.models {
      for parameter in try makeModel(configuration, seed: nil).parameters.parameters
      where parameter.role.isMatrix {
        let role = endings.first { parameter.layer.hasSuffix($0.ending) }?.role ?? .patchEmbedding
        #expect(parameter.role == .matrix(role), "\(parameter.name)")
      }
    }
  }
}
