import Foundation
import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Layer-wise learning rates and what weight decay leaves alone, whatever the optimiser.
@Suite("Rules of parameters")
struct ParameterRuleTests {
  private struct Golden: Decodable {
    struct Rule: Decodable {
      let scale: Double
      let decays: Bool
    }
    let depth: Int
    let layerDecay: Double
    let parameters: [String: Rule]
  }

  private func rules(_ model: ComparingModel, decay: Double?, decaysTokens: Bool) -> [String: ParameterRule] {
    let depth = model.encoder.configuration.depth
    return Dictionary(
      uniqueKeysWithValues: model.trainable.map { parameter in
        (
          parameter.name,
          ParameterRule(of: parameter, depth: depth, layerDecay: decay, decaysTokens: decaysTokens)
        )
      })
  }

  /// timm's groups of the same model; vectors and biases are left alone by the optimiser.
  @Test func areThoseOfTimm() throws {
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: GoldenFile.url("layer_decay.json", in: .module)))
    let model = try ComparingModel.classifying {
      ($0.depth, $0.positions, $0.patchNorm) = (golden.depth, .learned, .none)
    }
    let found = rules(model, decay: golden.layerDecay, decaysTokens: false)
    #expect(Set(found.keys) == Set(golden.parameters.keys).union(["norm.weight", "norm.bias"]))
    for (name, rule) in found where !name.hasPrefix("norm.") {
      let wanted = try #require(golden.parameters[name])
      #expect(abs(rule.learningRateScale - wanted.scale) <= 1e-12, "\(name)")
      let isVector = model.store[name]?.shape.count == 1
      #expect((rule.decays && !isVector) == wanted.decays, "\(name)")
    }
  }

  @Test func patchNormsAndTokensAreTheFirstLayer() throws {
    let model = try ComparingModel.classifying {
      ($0.registerCount, $0.positions, $0.patchNorm) = (2, .learned, .dual)
    }
    let found = rules(model, decay: 0.5, decaysTokens: false)
    for name in [
      "patch_embed.pre_norm.weight", "patch_embed.norm.bias", "reg_token", "cls_token", "pos_embed",
    ] {
      #expect(found[name]?.learningRateScale == 0.125, "\(name)")
      #expect(found[name]?.decays == name.contains("norm"), "\(name)")
    }
    #expect(found["norm.weight"]?.learningRateScale == 1 && found["head.weight"]?.learningRateScale == 1)
    #expect(found["blocks.1.mlp.fc1.weight"]?.learningRateScale == 0.5)
    #expect(rules(model, decay: nil, decaysTokens: true).values.allSatisfy { $0 == ParameterRule() })
  }

  /// A step at a share of the rate, by a rule, is the step at that rate.
  @Test(arguments: ["adamW", "sgd", "lars"] as [Choice])
  func aScaleIsARate(_ optimizer: Choice) throws {
    func weights(_ scale: Double, rate: Double, clipNorm: Double?) throws -> [[Scalar]] {
      let model = try ComparingModel.classifying()
      let team = LaneTeam(count: 2)
      defer { team.dissolve() }
      let step = TrainingStep(
        objective: model.objective,
        optimizer: try Optimizers.all.select(optimizer, at: "test").make(model.trainable),
        parameters: model.trainable,
        rules: model.trainable.map { _ in ParameterRule(learningRateScale: scale) }, team: team,
        clipping: clipNorm.map { GradientClipping(norm: $0) })
      for number in 1...3 { _ = step.run(model.labelled(5), learningRate: rate, step: number) }
      return model.trainable.map(\.value.values)
    }
    for clipNorm in [nil, 0.1] {
      #expect(
        try weights(0.25, rate: 0.1, clipNorm: clipNorm) == weights(1, rate: 0.025, clipNorm: clipNorm))
    }
  }

  /// Without a gradient, decay is all that moves a weight.
  @Test(arguments: [
    Choice("adamW", options: ["weightDecay": .number(0.5), "decaysVectors": .bool(true)]),
    Choice("sgd", options: ["weightDecay": .number(0.5), "decaysVectors": .bool(true)]),
    Choice("lars", options: ["weightDecay": .number(0.5)]),
  ])
  func decayMayBeTurnedOff(_ choice: Choice) throws {
    for decays in [true, false] {
      let store = ParameterStore(seed: 1)
      let token = store.root.parameter(
        "token", shape: [1, 1, 6], role: .token, initial: .normal(standardDeviation: 1))
      let before = token.value.values
      let optimizer = try Optimizers.all.select(choice, at: "test").make([token])
      var step = OptimizerStep(number: 1, learningRate: 0.1)
      step.decays = decays
      _ = optimizer.update(
        ParameterSlice.slices(of: [token])[0], gradients: [Tensor(shape: [1, 1, 6])], step)
      #expect((token.value.values == before) == !decays)
    }
  }
}
