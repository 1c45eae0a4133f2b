import Foundation
import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// A small encoder under an objective that compares samples.
struct ComparingModel {
  let store: ParameterStore
  let encoder: VisionTransformer
  let objective: any Objective

  init(
    _ objective: Choice, seed: UInt64 = 1, _ change: (inout VisionTransformerConfiguration) -> Void = { _ in }
  ) throws {
    var configuration = VisionTransformerConfiguration()
    (configuration.imageHeight, configuration.imageWidth, configuration.patchSize) = (12, 12, 4)
    (configuration.channels, configuration.width, configuration.depth, configuration.headCount) = (
      1, 16, 2, 2
    )
    change(&configuration)
    store = ParameterStore(seed: seed)
    encoder = try VisionTransformer(configuration, parameters: store)
    self.objective = try Objectives.all.select(objective, at: "test").make(encoder)
  }

  var trainable: [Parameter] { store.parameters.filter(\.isTrainable) }

  func step(
    _ optimizer: (([Parameter]) -> any Optimizer)? = nil, lanes: Int, passes: Int = 1,
    clipping: GradientClipping? = nil, totalSteps: Int? = 20, stepsPerEpoch: Int? = 2
  ) -> (step: TrainingStep, team: LaneTeam) {
    let team = LaneTeam(count: lanes)
    let step = TrainingStep(
      objective: objective,
      optimizer: optimizer?(trainable) ?? PlainDescent(parameters: trainable, options: .init()),
      parameters: trainable, team: team, passes: passes, clipping: clipping,
      totalSteps: totalSteps, stepsPerEpoch: stepsPerEpoch)
    return (step, team)
  }

  /// Views that resemble each other, so that there is something to learn; `small` of them of 2 × 2 patches, by default
  /// where the objective takes such.
  func batch(
    _ count: Int, views: Int = 2, small: Int? = nil, seed: UInt64 = 3, epoch: Int = 0
  ) -> MicroBatch {
    let small = small ?? (objective is DINO ? 2 : 0)
    let grid = encoder.configuration.grid
    let local = PatchGrid(height: 8, width: 8, channels: grid.channels, patchSize: 4)
    let common = Tensor.random([count, grid.count, grid.width], seed: seed).values
    let all = (0..<views + small).map { view -> MicroBatch.View in
      let cut = view < views ? grid : local
      let noise = Tensor.random([count, cut.count, cut.width], seed: seed + 100 + UInt64(view), scale: 0.3)
        .values
      let size = cut.count * cut.width
      let values = noise.indices.map { noise[$0] + common[$0 / size * grid.count * grid.width + $0 % size] }
      return MicroBatch.View(Tensor(shape: [count, cut.count, cut.width], values: values), grid: cut)
    }
    return MicroBatch(
      views: all, identity: SampleIdentity(seed: 5, epoch: epoch, indices: (0..<count).map { 10 + 3 * $0 }))
  }
}

/// The loss of a comparison is that of the whole batch, however it is cut over lanes and passes.
@Suite("Steps that compare samples")
struct ContrastiveStepTests {
  private struct Result {
    var losses: [Double] = []
    var norms: [Double] = []
    var weights: [(name: String, values: [Scalar])] = []
  }

  private func train(
    _ objective: Choice, lanes: Int, passes: Int = 1, samples: Int = 7, clipping: GradientClipping? = nil,
    steps: Int = 3
  ) throws -> Result {
    let model = try ComparingModel(objective)
    let (step, team) = model.step(lanes: lanes, passes: passes, clipping: clipping)
    defer { team.dissolve() }
    var result = Result()
    for number in 1...steps {
      let outcome = step.run(
        model.batch(samples, seed: UInt64(number), epoch: number), learningRate: 1e-1, step: number)
      result.losses.append(outcome.loss)
      result.norms.append(outcome.gradientNorm)
    }
    result.weights = model.store.parameters.map { ($0.name, $0.value.values) }
    return result
  }

  /// Weights and buffers, running statistics among them.
  private func expectSame(
    _ result: Result, _ wanted: Result, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    // Three layers of batch norm over seven samples magnify a rounding a hundredfold.
    let same = bound(single: 1.5e-4, double: 1e-11)
    #expect(relativeError(result.losses, wanted.losses) <= same, sourceLocation: sourceLocation)
    #expect(relativeError(result.norms, wanted.norms) <= same, sourceLocation: sourceLocation)
    for (weights, other) in zip(result.weights, wanted.weights) {
      // A bias before a batch norm has no gradient but by rounding: nothing is compared that is smaller than 0.02.
      let largest = other.values.reduce(0.02) { max($0, Double(abs($1))) }
      let difference = zip(weights.values, other.values).reduce(0) { max($0, Double(abs($1.0 - $1.1))) }
      #expect(difference <= same * largest, "\(weights.name)", sourceLocation: sourceLocation)
    }
  }

  static let objectives: [Choice] = [
    "simCLR", Choice("mocoV3", options: ["headWidth": .integer(24), "outputs": .integer(12)]),
    Choice(
      "dino", options: ["headWidth": .integer(24), "bottleneck": .integer(8), "outputs": .integer(16)]),
  ]

  /// The loss as it is at the start; what layers learn from a batch they forget.
  private func loss(_ model: ComparingModel, _ batch: MicroBatch) -> Double {
    Double(model.objective.loss(batch, Tape(.training, recordsGradients: false)).scalar)
  }

  @Test(arguments: objectives, [(2, 1), (3, 1), (1, 3), (2, 2), (3, 5), (9, 1)])
  func theCutDoesNotMatter(_ objective: Choice, _ cut: (lanes: Int, passes: Int)) throws {
    expectSame(try train(objective, lanes: cut.lanes, passes: cut.passes), try train(objective, lanes: 1))
  }

  /// Heads are complete after the first phase, encoders after the last pass: both move.
  @Test(arguments: objectives, [(1, 1), (2, 3)])
  func movingEarlyIsMovingLate(_ objective: Choice, _ cut: (lanes: Int, passes: Int)) throws {
    expectSame(
      try train(objective, lanes: cut.lanes, passes: cut.passes),
      try train(
        objective, lanes: cut.lanes, passes: cut.passes, clipping: GradientClipping(norm: 1e9)))
  }

  @Test(arguments: objectives)
  func theSameCutGivesTheSameBits(_ objective: Choice) throws {
    let (first, second) = (
      try train(objective, lanes: 3, passes: 2), try train(objective, lanes: 3, passes: 2)
    )
    #expect(first.losses == second.losses)
    for (a, b) in zip(first.weights, second.weights) { #expect(a.values == b.values, "\(a.name)") }
  }

  @Test(arguments: objectives)
  func theOrderOfSamplesDoesNotMatter(_ objective: Choice) throws {
    let model = try ComparingModel(objective)
    let batch = model.batch(6)
    let order = [3, 0, 5, 1, 4, 2]
    func permuted(_ view: MicroBatch.View) -> MicroBatch.View {
      MicroBatch.View(
        Tensor(shape: view.patches.shape, values: order.flatMap { view.patches.slice($0..<$0 + 1).values }),
        grid: view.grid)
    }
    let other = MicroBatch(
      views: batch.views.map(permuted),
      identity: SampleIdentity(seed: 5, epoch: 0, indices: order.map { batch.identity.indices[$0] }))
    let losses = [batch, other].map { loss(model, $0) }
    #expect(abs(losses[0] - losses[1]) <= bound(single: 2e-6, double: 1e-13) * losses[0])
  }

  @Test(arguments: objectives)
  func theViewsMaySwap(_ objective: Choice) throws {
    let model = try ComparingModel(objective)
    let batch = model.batch(6)
    let views = [batch.views[1], batch.views[0]] + batch.views.dropFirst(2)
    let swapped = MicroBatch(views: views, identity: batch.identity)
    let losses = [batch, swapped].map { loss(model, $0) }
    #expect(abs(losses[0] - losses[1]) <= bound(single: 2e-6, double: 1e-13) * losses[0])
  }

  /// A teacher that stands still, as does its centre, gives losses that compare from step to step.
  @Test(
    arguments: objectives.dropLast() + [
      Choice(
        "dino",
        options: objectives[2].options.merging(["momentum": .integer(1), "centreMomentum": .integer(1)]) {
          $1
        })
    ])
  func trainingLowersTheLoss(_ objective: Choice) throws {
    let model = try ComparingModel(objective)
    let (step, team) = model.step({ AdamW(parameters: $0, options: .init()) }, lanes: 2)
    defer { team.dissolve() }
    let losses = (1...20).map { step.run(model.batch(8), learningRate: 3e-3, step: $0).loss }
    #expect((losses.last ?? .infinity) < 0.9 * losses[0], "\(losses)")
  }
}

@Suite("SimCLR")
struct SimCLRTests {
  /// Identical embeddings leave 2B − 1 candidates alike; of orthogonal pairs the others are at 0.
  @Test func lossesOfKnownEmbeddings() {
    let tape = Tape(.training)
    func loss(_ embeddings: Tensor, _ temperature: Scalar) -> Double {
      let count = embeddings.shape[0] / 2
      let own = Array(0..<count)
      return Double(
        tape.contrastiveLoss(
          embeddings, embeddings, positives: own.map { count + $0 } + own,
          excluded: own + own.map { count + $0 }, temperature: temperature
        ).scalar)
    }
    let alike = Tensor(shape: [8, 3], values: [Scalar](repeating: 1 / Scalar(3).squareRoot(), count: 24))
    #expect(abs(loss(alike, 0.1) - 1.945910149) <= 1e-5)
    let pairs = Tensor(shape: [8, 4], values: (0..<32).map { $0 % 4 == $0 / 4 % 4 ? 1 : 0 })
    #expect(abs(loss(pairs, 0.5) - 0.594438) <= 1e-5)
  }

  @Test func wantsTwoViewsOfItsSize() throws {
    let model = try ComparingModel("simCLR")
    let grid = model.encoder.configuration.grid
    let small = PatchGrid(height: 8, width: 8, channels: 1, patchSize: 4)
    try model.objective.plan.checkViews([grid, grid], "data.views")
    for views in [[grid], [grid, small], [grid, grid, grid]] {
      #expect(throws: Failure.self) { try model.objective.plan.checkViews(views, "data.views") }
    }
  }
}
