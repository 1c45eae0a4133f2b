import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// When a run diverges, nothing is written over the weights, and the culprit is named.
@Suite("Divergence")
struct DivergenceTests {
  private let model: GoldenAutoencoder

  init() throws { model = try .first() }

  private func step(_ objective: (any Objective)? = nil) -> TrainingStep {
    TrainingStep(
      objective: objective ?? model.objective,
      optimizer: AdamW(parameters: model.trainable, options: .init()), parameters: model.trainable,
      team: LaneTeam(count: 2))
  }

  private func poison(_ name: String, _ value: Scalar) throws {
    let parameter = try #require(model.store[name])
    parameter.value.withMutableSpan { $0[0] = value }
  }

  @Test(arguments: ["cls_token", "blocks.1.mlp.fc2.weight", "decoder_pred.bias"])
  func brokenWeightsAreNamed(name: String) throws {
    try poison(name, .nan)
    #expect(step().firstNonFinite(in: model.batch(3)) == "the weights of \(name)")
  }

  @Test func brokenPixelsAreNamed() {
    let batch = model.batch(3)
    batch.patches.withMutableSpan { $0[17] = .infinity }
    #expect(step().firstNonFinite(in: batch) == "the input pixels")
  }

  /// A bias at the end of what a scalar holds: the norm behind it, inside the block, overflows.
  @Test(arguments: [
    ("patch_embed.proj.bias", "patch_embed"), ("blocks.0.attn.proj.bias", "blocks.0"),
    ("blocks.1.attn.proj.bias", "blocks.1"), ("decoder_blocks.0.attn.proj.bias", "decoder_blocks.0"),
    ("decoder_norm.bias", "decoder_pred"),
  ])
  func theFirstBrokenLayerIsNamed(bias: String, layer: String) throws {
    let parameter = try #require(model.store[bias])
    parameter.assign([Scalar](repeating: .greatestFiniteMagnitude, count: parameter.value.count))
    #expect(step().firstNonFinite(in: model.batch(3)) == "the output of \(layer)")
  }

  /// A loss that is finite while its gradient is not: (0·x − 8)², x as large as a scalar can be.
  private struct Overflowing: Objective {
    static let name = "overflowing"
    static let summary = "a finite loss of an infinite gradient"
    static let source = "these tests"
    private let weight: Parameter

    init(encoder: VisionTransformer, options: NoOptions, at place: String) throws(Failure) {
      self.init(
        weight: encoder.parameters.root.parameter(
          "overflowing", shape: [1, 48], role: .matrix(.other), initial: .zeros))
    }

    init(weight: Parameter) { self.weight = weight }

    func loss(_ batch: MicroBatch, _ tape: Tape) -> Tensor {
      let large = Tensor(shape: batch.patches.shape, repeating: .greatestFiniteMagnitude)
      let output = tape.linear(large, weight: tape(weight))
      return tape.meanSquaredError(output, target: Tensor(shape: output.shape, repeating: 8))
    }
  }

  @Test func brokenGradientsAreNamed() throws {
    let objective = try Overflowing(encoder: model.encoder, options: .init(), at: "test")
    let step = step(objective)
    let batch = model.batch(4)
    #expect(step.differentiate(batch).isFinite)
    #expect(step.firstNonFinite(in: batch) == "the gradient of overflowing")
  }

  @Test func aBrokenLossChangesNoWeight() throws {
    try poison("decoder_pred.bias", .nan)
    let before = model.trainable.map(\.value.values)
    let optimizer = AdamW(parameters: model.trainable, options: .init())
    let average = WeightAverage(of: model.trainable, momentum: 0.5)
    let step = TrainingStep(
      objective: model.objective, optimizer: optimizer, parameters: model.trainable, team: LaneTeam(count: 2),
      average: average)
    let outcome = step.run(model.batch(3), learningRate: 1e-2, step: 1)
    #expect(outcome.loss.isNaN && outcome.gradientNorm.isNaN)
    for (parameter, values) in zip(model.trainable, before) where parameter.name != "decoder_pred.bias" {
      #expect(parameter.value.values == values)
    }
    #expect(optimizer.state.allSatisfy { $0.tensor.values.allSatisfy { $0 == 0 } })
  }
}
