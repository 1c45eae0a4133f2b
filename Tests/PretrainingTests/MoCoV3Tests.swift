import Foundation
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

@Suite("MoCo v3")
struct MoCoV3Tests {
  private func model(_ options: [String: JSONValue] = [:]) throws -> ComparingModel {
    let small: [String: JSONValue] = ["headWidth": .integer(24), "outputs": .integer(12)]
    return try ComparingModel(Choice("mocoV3", options: small.merging(options) { $1 }))
  }

  @Test(arguments: [true, false])
  func whatIsFixedHasNoGradient(frozen: Bool) throws {
    let model = try model(["freezePatchProjection": .bool(frozen)])
    let projection = model.encoder.patchProjection
    #expect(projection.map(\.name) == ["patch_embed.proj.weight", "patch_embed.proj.bias"])
    let (step, team) = model.step(lanes: 2, passes: 2)
    defer { team.dissolve() }
    let batch = model.batch(6)
    _ = step.differentiate(batch)
    for parameter in projection {
      #expect(parameter.isTrainable == !frozen)
      #expect(step.gradients(of: parameter).isEmpty == frozen, "\(parameter.name)")
    }
    let teachers = model.store.parameters.filter { $0.name.hasPrefix("teacher.") }
    #expect(teachers.contains { $0.name == "teacher.projector.2.weight" })
    for parameter in teachers {
      #expect(!parameter.isTrainable && step.gradients(of: parameter).isEmpty, "\(parameter.name)")
    }
    let before = projection.map(\.value.values)
    _ = step.run(batch, learningRate: 0.1, step: 1)
    for (parameter, old) in zip(projection, before) {
      #expect((parameter.value.values == old) == frozen, "\(parameter.name)")
    }
  }

  /// Embeddings that do not differ leave every key as likely as any other.
  @Test(arguments: [1, 3])
  func lossOfIdenticalEmbeddings(lanes: Int) throws {
    let model = try model(["temperature": .number(0.3)])
    for name in ["projector.2.weight", "teacher.projector.2.weight"] {
      let parameter = try #require(model.store[name])
      parameter.assign([Scalar](repeating: 0, count: parameter.value.count))
    }
    let (step, team) = model.step(lanes: lanes)
    defer { team.dissolve() }
    #expect(abs(step.differentiate(model.batch(7)) - 2 * 2 * 0.3 * log(7)) <= 1e-5)
  }

  @Test func sizesAndDefaults() throws {
    let model = try ComparingModel("mocoV3")
    #expect(model.store["projector.0.weight"]?.shape == [64, 16])
    #expect(model.store["projector.1.weight"]?.shape == [64, 64])
    #expect(model.store["projector.2.weight"]?.shape == [256, 64])
    #expect(model.store["projector.2.norm.weight"] == nil && model.store["projector.0.bias"] == nil)
    #expect(model.store["predictor.0.weight"]?.shape == [64, 256])
    #expect(model.store["predictor.1.norm.running_mean"]?.shape == [256])
    #expect(model.store["teacher.predictor.0.weight"] == nil)
    let views = try #require(MoCoV3.demands(.init(), of: VisionTransformerConfiguration()).views)
    #expect(views.map(\.count) == [1, 1])
    let names = views.map { ($0.augmentations ?? []).map(\.name) }
    #expect(!names[0].contains("solarize") && names[1].contains("solarize"))
  }

  @Test(arguments: ["temperature", "momentum", "headWidth", "outputs"])
  func optionsOutOfRangeAreNamed(_ key: String) throws {
    #expect {
      try ComparingModel(Choice("mocoV3", options: [key: .integer(-1)]))
    } throws: { ($0 as? Failure)?.place == "test.\(key)" }
  }
}
