import Foundation
import Imaging
import Platform
import Pretraining
import Records
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// What is logged of the blocks, against the same computed step by step.
@Suite("Health of depth")
struct HealthTests {
  private let close = bound(single: 2e-5, double: 1e-11)

  private struct Model {
    let store: ParameterStore
    let objective: MaskedAutoencoder
    var trainable: [Parameter] { store.parameters.filter(\.isTrainable) }

    init(branches: Int = 1, dropPath: Double = 0, seed: UInt64 = 1) throws {
      store = ParameterStore(seed: seed)
      objective = try Self.declare(in: store, branches: branches, dropPath: dropPath)
    }

    static func declare(
      in store: ParameterStore, branches: Int = 1, dropPath: Double = 0
    ) throws(Failure) -> MaskedAutoencoder {
      var configuration = VisionTransformerConfiguration()
      (configuration.width, configuration.depth, configuration.headCount) = (12, 3, 3)
      (configuration.imageHeight, configuration.imageWidth, configuration.patchSize) = (6, 8, 2)
      (configuration.branchCount, configuration.dropPath) = (branches, dropPath)
      let encoder = try VisionTransformer(configuration, parameters: store)
      var options = MaskedAutoencoder.Options()
      (options.decoderWidth, options.decoderDepth, options.decoderHeads) = (8, 2, 2)
      return try MaskedAutoencoder(encoder: encoder, options: options, at: "here")
    }

    func batch(_ count: Int) -> MicroBatch {
      MicroBatch(
        patches: .random([count, 12, 12], seed: 4),
        identity: SampleIdentity(seed: 2, epoch: 1, indices: Array(0..<count)))
    }
  }

  private func weights(_ matrices: [Parameter]) -> [Double] {
    matrices.flatMap { $0.value.values.map { Double($0) } }
  }

  private func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  private func look(
    _ model: Model, samples: Int, clipNorm: Double? = nil
  ) throws -> (health: DepthHealth, gradients: [String: [Double]], before: [[Double]], after: [[Double]]) {
    let stacks = BlockStack.all(in: model.store)
    let first = try Model().store
    let initial = MatricesAtStart(
      origin: .seed,
      matrices: Dictionary(uniqueKeysWithValues: first.parameters.map { ($0.name, $0.value) }))
    let probe = HealthProbe(objective: model.objective, stacks: stacks, initial: initial)
    let batch = model.batch(samples)
    let tape = Tape(PassContext(.training, samples: batch.identity))
    tape.backward(from: model.objective.loss(batch, tape))
    let gradients = Dictionary(
      uniqueKeysWithValues: model.trainable.map { parameter in
        (parameter.name, tape.gradient(of: parameter)?.values.map { Double($0) } ?? [])
      })
    let trainer = TrainingStep(
      objective: model.objective,
      optimizer: PlainDescent(parameters: model.trainable, options: .init()), parameters: model.trainable,
      team: LaneTeam(count: 2), clipping: clipNorm.map { GradientClipping(norm: $0) })
    let matrices = stacks.flatMap(\.matrices)
    let before = matrices.map(weights)
    let look = probe.measure(batch, TrainingProgress(step: 6, totalSteps: 10))
    #expect(trainer.run(batch, learningRate: 0.1, step: 7).isFinite)
    return (probe.complete(look, after: trainer), gradients, before, matrices.map(weights))
  }

  @Test(arguments: [nil, 1e-2], [1, 2])
  func gradientsAndUpdatesAreThoseOfTheStep(clipNorm: Double?, branches: Int) throws {
    let model = try Model(branches: branches)
    model.store.randomize(seed: 5)
    let (health, gradients, before, after) = try look(model, samples: 11, clipNorm: clipNorm)
    #expect(health.step == 7 && Set(health.stacks.keys) == ["encoder", "decoder"])
    var place = 0
    for (name, prefix, depth) in [("encoder", "blocks", 3), ("decoder", "decoder_blocks", 2)] {
      let stack = try #require(health.stacks[name])
      for block in 0..<depth {
        let squares = gradients.filter { $0.key.hasPrefix("\(prefix).\(block).") }.values.joined().reduce(0) {
          $0 + $1 * $1
        }
        #expect(
          relativeError([try #require(stack[.gradientNorm]?[block] ?? nil)], [squares.squareRoot()]) <= close)
        let update = zip(after[place], before[place]).map { $0 - $1 }
        #expect(
          relativeError(
            [try #require(stack[.updateRatio]?[block] ?? nil)], [norm(update) / norm(before[place])])
            <= 1e-12)
        place += 1
      }
    }
  }

  /// The first model of the same names and seed is what the weights have turned away from.
  @Test func rotationCountsFromTheStart() throws {
    let model = try Model()
    model.store.randomize(seed: 5)
    let (health, _, _, after) = try look(model, samples: 3)
    let start = BlockStack.all(in: try Model().store).flatMap(\.matrices).map(weights)
    let found = ["encoder", "decoder"].flatMap { health.stacks[$0]?[.rotation] ?? [] }.map { $0 ?? .nan }
    let wanted = zip(after, start).map { now, then in
      1 - zip(now, then).reduce(0) { $0 + $1.0 * $1.1 } / norm(now) / norm(then)
    }
    #expect(wanted.count == 5 && relativeError(found, wanted) <= 1e-11)
  }

  /// Drop path draws for the samples, so that both passes drop the same branches.
  @Test(arguments: [1, 2], [2, HealthProbe.sampleCount + 3])
  func activationsAreThoseOfTheFirstSamples(branches: Int, samples: Int) throws {
    let model = try Model(branches: branches, dropPath: 0.3)
    model.store.randomize(seed: 5)
    let few = model.batch(samples).slice(0..<min(samples, HealthProbe.sampleCount))
    var moments: [(meanSquare: Double, variance: Double)] = []
    var entropies: [Double] = []
    var means: [Double] = []
    var observer = PassObserver(onResult: { site, tensor in
      guard case .block = site else { return }
      moments.append(tensor.vectorMoments)
      #expect(entropies.count == branches)
      means.append(entropies.reduce(0, +) / Double(branches))
      entropies = []
    })
    observer.onAttention = { entropies.append($0.attentionEntropy(headCount: $1, keyCount: $2)) }
    let tape = Tape(
      PassContext(.training, samples: few.identity), recordsGradients: false, observer: observer)
    _ = model.objective.loss(few, tape)
    let (health, _, _, _) = try look(model, samples: samples)
    func found(_ quantity: BlockQuantity) -> [Double] {
      ["encoder", "decoder"].flatMap { health.stacks[$0]?[quantity] ?? [] }.map { $0 ?? .nan }
    }
    #expect(moments.count == 5)
    #expect(found(.meanSquare) == moments.map(\.meanSquare))
    #expect(found(.variance) == moments.map(\.variance))
    #expect(found(.attentionEntropy) == means)
  }

  /// A rate that throws the weights to infinity: the steps before have their lines, the one that diverged has none.
  @Test func aStepThatIsNotFiniteHasNoHealth() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary("run"))
    var recipe = Recipe()
    (recipe.model.width, recipe.model.depth, recipe.model.headCount, recipe.model.channels) = (16, 1, 2, 1)
    (recipe.model.imageSize, recipe.model.patchSize) = (ImageSize(height: 8, width: 8), 2)
    (recipe.train.batchSize, recipe.train.steps, recipe.train.lanes) = (4, 40, .count(1))
    (recipe.train.learningRatePerBatch256, recipe.train.warmupEpochs) = (1e38, 0)
    recipe.train.healthSteps = 1
    let trainer = Trainer(try TrainingPlan(recipe: recipe, source: NoiseImages()), in: folder)
    let failure = #expect(throws: Failure.self) { try trainer.run(resuming: false) }
    let diverged = try JSONDecoder().decode(Divergence.self, from: Data(contentsOf: folder.divergence)).step
    #expect(diverged > 1 && failure?.problem.contains("step \(diverged) is not finite") == true)
    let lines = try String(contentsOf: folder.health, encoding: .utf8).split(separator: "\n")
    let steps = try lines.map { try JSONDecoder().decode(DepthHealth.self, from: Data($0.utf8)).step }
    #expect(steps == Array(1..<diverged))
  }

  /// Nothing is stored where the seed gives the weights; else the file that was written when the run began counts.
  @Test func initialWeightsAreTheSeedsOrThoseOfTheStart() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.url)
    let model = try Model(seed: 3)
    let matrices = BlockStack.all(in: model.store).flatMap { $0.matrices.joined() }
    let drawn = matrices.map(\.value.values)
    func initial(step: Int) throws -> MatricesAtStart {
      try MatricesAtStart(
        of: matrices, folder: folder, step: step,
        declare: { (store) throws(Failure) in _ = try Model.declare(in: store) }, seed: 3)
    }
    for step in [0, 5] {
      let found = try initial(step: step)
      #expect(found.origin == .seed && matrices.map { found.matrices[$0.name]?.values } == drawn)
      model.store.randomize(seed: 9)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.initialWeights.path))
    let other = matrices.map(\.value.values)
    let start = try initial(step: 0)
    model.store.randomize(seed: 10)
    let resumed = try initial(step: 5)
    for found in [start, resumed] {
      #expect(found.origin == .start)
      for (matrix, values) in zip(matrices, other) {
        let kept = try #require(found.matrices[matrix.name])
        #expect(relativeError(kept.values, to: values) <= 1e-7)
      }
    }
  }
}
