import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

@Suite("Training step")
struct TrainingStepTests {
  private let model: GoldenAutoencoder

  init() throws { model = try .first() }

  private func step(
    lanes: Int = 2, passes: Int = 1, clipNorm: Double? = nil, average: WeightAverage? = nil,
    optimizer: (any Optimizer)? = nil
  ) -> TrainingStep {
    TrainingStep(
      objective: model.objective,
      optimizer: optimizer ?? PlainDescent(parameters: model.trainable, options: .init()),
      parameters: model.trainable, team: LaneTeam(count: lanes), passes: passes,
      clipping: clipNorm.map { GradientClipping(norm: $0) },
      average: average)
  }

  private func distance(_ before: [[Scalar]]) -> Double {
    zip(model.trainable, before).reduce(0) { sum, pair in
      sum + zip(pair.0.value.values, pair.1).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    }.squareRoot()
  }

  @Test func theNormIsThatOfTheWholeGradient() throws {
    let batch = model.batch(5)
    let tape = Tape(.training)
    tape.backward(from: model.objective.loss(batch, tape))
    let squares = try model.trainable.reduce(0.0) { sum, parameter in
      try #require(tape.gradient(of: parameter)).values.reduce(sum) { $0 + Double($1 * $1) }
    }
    for clipNorm in [nil, 1e-3, 1e9] {
      let outcome = step(clipNorm: clipNorm).run(batch, learningRate: 0, step: 1)
      #expect(
        relativeError([outcome.gradientNorm], [squares.squareRoot()])
          <= bound(single: 5e-7, double: 1e-13))
    }
  }

  /// lr·min(1, c/(‖g‖ + 1e-6))·‖g‖ is how far the weights go.
  @Test(arguments: [0.01, 0.2, 1e6])
  func clippingShortensTheStep(clipNorm: Double) {
    let before = model.trainable.map(\.value.values)
    let norm = step(clipNorm: clipNorm).run(model.batch(5), learningRate: 0.5, step: 1).gradientNorm
    #expect(norm > 0.2 && norm < 1e6)
    let wanted = 0.5 * min(1, clipNorm / (norm + 1e-6)) * norm
    // The weights, up to 1, are rounded to 6e-8 where they land.
    #expect(abs(distance(before) - wanted) <= 1e-3 * wanted)
  }

  @Test func aStepGoesDownhill() {
    let batch = model.batch(5)
    let step = step(optimizer: AdamW(parameters: model.trainable, options: .init()))
    let losses = (1...30).map { step.run(batch, learningRate: 3e-3, step: $0).loss }
    #expect((losses.last ?? .infinity) < 0.8 * losses[0])
  }

  @Test func aRateOfZeroMovesNothing() {
    let before = model.trainable.map(\.value.values)
    let step = step(optimizer: AdamW(parameters: model.trainable, options: .init()))
    _ = step.run(model.batch(5), learningRate: 0, step: 1)
    #expect(model.trainable.map(\.value.values) == before)
  }

  @Test func frozenParametersStay() throws {
    let positions = try #require(model.store["pos_embed"])
    let frozen = try #require(model.store["blocks.0.attn.qkv.weight"])
    frozen.isTrainable = false
    let before = (positions.value.values, frozen.value.values)
    let step = step(optimizer: AdamW(parameters: model.trainable, options: .init()))
    for number in 1...3 { _ = step.run(model.batch(5), learningRate: 1e-2, step: number) }
    #expect(positions.value.values == before.0 && frozen.value.values == before.1)
  }

  @Test func memoryIsTakenInTheFirstStepOnly() {
    let step = step(passes: 2)
    let bytes = (1...4).map { number in
      _ = step.run(model.batch(6, seed: UInt64(number)), learningRate: 1e-3, step: number)
      return step.poolBytes
    }
    #expect(bytes[0] > 0 && bytes.allSatisfy { $0 == bytes[0] })
  }

  @Test func aLargerBatchInMorePassesTakesNoMoreMemory() {
    func bytes(samples: Int, passes: Int) -> Int {
      let step = step(lanes: 1, passes: passes)
      _ = step.run(model.batch(samples), learningRate: 1e-3, step: 1)
      return step.poolBytes
    }
    #expect(bytes(samples: 40, passes: 8) == bytes(samples: 10, passes: 2))
    #expect(bytes(samples: 400, passes: 2) > 4 * bytes(samples: 10, passes: 2))
  }

  @Test(arguments: [("mini", 3), ("xs", 2), ("ti", 3), ("s", 1), ("b", 1)])
  func passesKeepProductsLarge(shape: String, passes: Int) throws {
    let shape = try #require(BenchmarkShape.all.first { $0.name == shape })
    let encoder = try VisionTransformer(shape.encoder, parameters: ParameterStore())
    #expect(AutomaticPasses.count(batch: shape.batch, lanes: 2, encoder) == passes)
    #expect(AutomaticPasses.count(batch: 1, lanes: 64, encoder) == 1)
    #expect(AutomaticPasses.count(batch: 1 << 20, lanes: 1, encoder) == 1024)
  }

  /// 2 views of 49 patches, 128 wide, 6 blocks: 4.8 MB a sample.
  @Test(arguments: [(64, 1 << 30, 1), (256, 1 << 30, 2), (256, 1 << 20, 128)])
  func passesOfComparisonsGoByMemory(batch: Int, bytes: Int, passes: Int) throws {
    let shape = try #require(BenchmarkShape.all.first { $0.name == "mini" })
    let encoder = try VisionTransformer(shape.encoder, parameters: ParameterStore())
    #expect(
      AutomaticPasses.count(batch: batch, lanes: 2, patchesOfViews: 98, encoder, within: bytes) == passes)
  }

  @Test func averagesFollowTheWeights() {
    let start = model.trainable.map(\.value.values)
    let average = WeightAverage(of: model.trainable, momentum: 0.75)
    #expect(average.tensors.map(\.values) == start)
    let step = step(lanes: 3, average: average)
    var wanted = start
    for number in 1...3 {
      _ = step.run(model.batch(5), learningRate: 0.1, step: number)
      for (index, parameter) in model.trainable.enumerated() {
        wanted[index] = zip(wanted[index], parameter.value.values).map { 0.75 * $0 + 0.25 * $1 }
      }
    }
    for (tensor, values) in zip(average.tensors, wanted) {
      #expect(relativeError(tensor.values, to: values) <= 3e-7)
    }
    #expect(average.tensors.map(\.values) != start)
  }
}
