import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Removal of norms in training: the same on every lane.
@Suite("Removal of norms in training")
struct NormRemovalTests {
  private struct Result {
    var losses: [Double] = []
    var weights: [[Scalar]] = []
    var buffers: [[Scalar]] = []
    var stages: Set<Scalar> = []
  }

  /// Ten steps that go through the whole schedule.
  private func train(lanes: Int, samples: Int = 7) throws -> Result {
    var configuration = VisionTransformerConfiguration()
    (configuration.width, configuration.depth, configuration.headCount) = (12, 2, 3)
    (configuration.imageHeight, configuration.imageWidth, configuration.patchSize) = (6, 8, 2)
    configuration.norm = .init(
      "removedLayerNorm",
      options: [
        "start": .integer(2), "mlpSpan": .integer(2), "attentionSpan": .integer(2),
        "leadingSpan": .integer(2),
      ])
    let store = ParameterStore(seed: 1)
    let encoder = try VisionTransformer(configuration, parameters: store)
    var options = MaskedAutoencoder.Options()
    (options.decoderWidth, options.decoderDepth, options.decoderHeads) = (8, 1, 2)
    let objective = try MaskedAutoencoder(encoder: encoder, options: options, at: "here")
    store.randomize(seed: 2)
    let trainable = store.parameters.filter(\.isTrainable)
    let team = LaneTeam(count: lanes)
    defer { team.dissolve() }
    let step = TrainingStep(
      objective: objective, optimizer: PlainDescent(parameters: trainable, options: .init()),
      parameters: trainable, team: team, totalSteps: 10)
    var result = Result()
    for number in 1...10 {
      let batch = MicroBatch(
        patches: .random([samples, 12, 12], seed: UInt64(number)),
        identity: SampleIdentity(seed: 5, epoch: number, indices: Array(0..<samples)))
      result.losses.append(step.run(batch, learningRate: 1e-2, step: number).loss)
    }
    result.weights = trainable.map(\.value.values)
    result.buffers = store.parameters.filter {
      $0.name.hasSuffix(".deviation") || $0.name.hasSuffix(".stage")
    }.map(\.value.values)
    result.stages = Set(
      store.parameters.filter { $0.name.hasSuffix(".stage") }.map(\.value.scalar))
    return result
  }

  /// Sums over lanes are taken in double precision; what is left is the order of sums of gradients.
  @Test(arguments: [2, 3, 9])
  func theNumberOfLanesDoesNotMatter(lanes: Int) throws {
    let (one, many) = (try train(lanes: 1), try train(lanes: lanes))
    let same = bound(single: 2e-6, double: 1e-13)
    #expect(relativeError(many.losses, one.losses) <= same)
    for (a, b) in zip(many.weights, one.weights) { #expect(relativeError(a, to: b) <= 10 * same) }
    for (a, b) in zip(many.buffers, one.buffers) { #expect(relativeError(a, to: b) <= 10 * same) }
    #expect(one.stages == [2] && many.stages == [2])
    #expect(one.buffers.count == 2 * (2 * 2 + 1 + 2 + 1))
  }

  @Test(arguments: [1, 3])
  func theSameLanesGiveTheSameBits(lanes: Int) throws {
    let (first, second) = (try train(lanes: lanes), try train(lanes: lanes))
    #expect(first.losses == second.losses && first.weights == second.weights)
    #expect(first.buffers == second.buffers)
  }
}
