import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Norms whose statistics are those of the whole batch, however it is cut over lanes.
@Suite("Batch statistics over lanes", .timeLimit(.minutes(2)))
struct BatchStatisticsTests {
  /// Options that make three steps see every phase.
  static let norms: [Choice] = [
    "batchNorm", Choice("powerNorm", options: ["warmupSteps": .integer(1)]),
    Choice("prepBN", options: ["warmSteps": .integer(1), "steps": .integer(3)]),
  ]

  /// A masked autoencoder with such a norm at every place, the patches' pixels among them.
  private struct Model {
    let store = ParameterStore(seed: 3)
    let encoder: VisionTransformer
    let objective: MaskedAutoencoder

    init(_ norm: Choice) throws {
      var configuration = VisionTransformerConfiguration()
      (configuration.width, configuration.depth, configuration.headCount) = (16, 2, 2)
      (configuration.imageHeight, configuration.imageWidth, configuration.patchSize) = (8, 8, 2)
      (configuration.norm, configuration.patchNormFunction) = (norm, norm)
      encoder = try VisionTransformer(configuration, parameters: store)
      var options = MaskedAutoencoder.Options()
      (options.decoderWidth, options.decoderDepth, options.decoderHeads) = (8, 1, 2)
      objective = try MaskedAutoencoder(encoder: encoder, options: options, at: "test")
    }

    var trainable: [Parameter] { store.parameters.filter(\.isTrainable) }
    var buffers: [Parameter] { store.parameters.filter { $0.name.contains("running") } }

    func step(lanes: Int, recompute: Recompute = .none, clipNorm: Double? = nil, team: LaneTeam)
      -> TrainingStep
    {
      TrainingStep(
        objective: objective, optimizer: PlainDescent(parameters: trainable, options: .init()),
        parameters: trainable, team: team, recompute: recompute,
        clipping: clipNorm.map { GradientClipping(norm: $0) })
    }

    func batch(_ samples: Int, number: Int) -> MicroBatch {
      MicroBatch(
        patches: .random([samples, 16, 12], seed: UInt64(number)),
        identity: SampleIdentity(seed: 5, epoch: number, indices: Array(0..<samples)))
    }
  }

  private struct Result: Equatable {
    var losses: [Double] = []
    var norms: [Double] = []
    var values: [[Scalar]] = []
  }

  /// Three steps; values are those of all parameters and buffers.
  private func train(
    _ norm: Choice, lanes: Int, samples: Int = 7, recompute: Recompute = .none, clipNorm: Double? = nil
  ) throws -> Result {
    let model = try Model(norm)
    let team = LaneTeam(count: lanes)
    defer { team.dissolve() }
    let step = model.step(lanes: lanes, recompute: recompute, clipNorm: clipNorm, team: team)
    var result = Result()
    for number in 1...3 {
      let outcome = step.run(model.batch(samples, number: number), learningRate: 0.05, step: number)
      result.losses.append(outcome.loss)
      result.norms.append(outcome.gradientNorm)
    }
    result.values = (model.trainable + model.buffers).map(\.value.values)
    return result
  }

  private let same = bound(single: 1e-5, double: 1e-12)

  /// Seven samples make unequal shares; nine lanes are more than there are samples.
  @Test(arguments: norms, [2, 3, 9])
  func theNumberOfLanesDoesNotMatter(_ norm: Choice, lanes: Int) throws {
    let (result, wanted) = (try train(norm, lanes: lanes), try train(norm, lanes: 1))
    #expect(relativeError(result.losses, wanted.losses) <= same)
    #expect(relativeError(result.norms, wanted.norms) <= same)
    // Biases before a batch norm start at 0 and have a gradient of 0 by nature: what is in them is rounding.
    for (values, other) in zip(result.values, wanted.values) {
      let error = largestMagnitude(zip(values, other).map { Double($0 - $1) })
      #expect(error <= same * max(largestMagnitude(other.map { Double($0) }), 0.1))
    }
  }

  /// The gradients themselves, before anything moves; those that are 0 by nature against the largest of all.
  @Test(arguments: norms, [2, 3])
  func gradientsAreThoseOfOneLane(_ norm: Choice, lanes: Int) throws {
    func gradients(_ lanes: Int) throws -> (loss: Double, sums: [[Double]]) {
      let model = try Model(norm)
      let team = LaneTeam(count: lanes)
      defer { team.dissolve() }
      let step = model.step(lanes: lanes, team: team)
      let loss = step.differentiate(model.batch(5, number: 1), step: 3)
      return (
        loss,
        model.trainable.map { parameter in
          step.gradients(of: parameter).reduce([Double](repeating: 0, count: parameter.value.count)) {
            zip($0, $1.values).map { $0 + Double($1) }
          }
        }
      )
    }
    let (result, wanted) = (try gradients(lanes), try gradients(1))
    #expect(relativeError([result.loss], [wanted.loss]) <= same)
    let largest = largestMagnitude(wanted.sums.map(largestMagnitude))
    for (sums, other) in zip(result.sums, wanted.sums) {
      let error = largestMagnitude(zip(sums, other).map { $0 - $1 })
      #expect(error <= same * max(largestMagnitude(other), 5e-2 * largest))
    }
  }

  @Test(arguments: norms, [1, 3])
  func theSameLanesGiveTheSameBits(_ norm: Choice, lanes: Int) throws {
    for clipNorm in [nil, 0.5] {
      #expect(
        try train(norm, lanes: lanes, clipNorm: clipNorm) == train(norm, lanes: lanes, clipNorm: clipNorm))
    }
  }

  /// Recomputed outputs come from the statistics that were found, without another all-reduce.
  @Test(arguments: norms, [1, 2])
  func recomputingKeepsTheBits(_ norm: Choice, lanes: Int) throws {
    let plain = try train(norm, lanes: lanes)
    for recompute in [Recompute.attention, .block] {
      #expect(try train(norm, lanes: lanes, recompute: recompute) == plain)
    }
  }

  /// Lanes with statistics of their own would give another result: that the batch is whole matters here.
  @Test(arguments: ["batchNorm", "powerNorm", "prepBN"] as [Choice])
  func halvesOfABatchAreNotTheBatch(_ norm: Choice) throws {
    let model = try Model(norm)
    let batch = model.batch(6, number: 1)
    func loss(_ part: MicroBatch) -> Double {
      let tape = Tape(
        PassContext(.training, progress: TrainingProgress(step: 50, totalSteps: 1000)),
        recordsGradients: false)
      return Double(model.objective.loss(part, tape).scalar)
    }
    let halves = (loss(batch.slice(0..<3)) + loss(batch.slice(3..<6))) / 2
    #expect(abs(halves / loss(batch) - 1) > 1e-4)
  }

  /// A pixel that one lane alone sees, in its target alone or in everything: no other lane waits for it in vain.
  @Test(arguments: norms, [true, false])
  func aBrokenLaneHangsNobody(_ norm: Choice, inTargetAlone: Bool) throws {
    for clipNorm in [nil, 1.0] {
      let model = try Model(norm)
      let team = LaneTeam(count: 3)
      defer { team.dissolve() }
      let step = model.step(lanes: 3, clipNorm: clipNorm, team: team)
      let batch = model.batch(5, number: 1)
      let mask = model.objective.mask(for: batch.identity)
      let patch = 4 * 16 + Int((inTargetAlone ? mask.masked : mask.visible).last ?? 0)
      batch.patches.withMutableSpan { $0[patch * 12 + 3] = .nan }
      let before = model.trainable.map(\.value.values)
      for number in 2...3 {
        let outcome = step.run(batch, learningRate: 0.05, step: number)
        #expect(outcome.loss.isNaN)
      }
      #expect(model.trainable.map(\.value.values) == before)
      #expect(model.buffers.allSatisfy { $0.value.isFinite })
      #expect(step.firstNonFinite(in: batch) == "the input pixels")
      let outcome = step.run(model.batch(5, number: 2), learningRate: 0.05, step: 4)
      #expect(outcome.loss.isFinite && outcome.gradientNorm.isFinite)
    }
  }

  /// How long a gradient waits for the other lane varies, and with it a block or two.
  @Test(arguments: norms)
  func memoryDoesNotGrowWithTheSteps(_ norm: Choice) throws {
    let model = try Model(norm)
    let team = LaneTeam(count: 2)
    defer { team.dissolve() }
    let step = model.step(lanes: 2, team: team)
    let bytes = (2...20).map { number in
      _ = step.run(model.batch(6, number: number), learningRate: 1e-3, step: number)
      return step.poolBytes
    }
    #expect(bytes.allSatisfy { Double($0) <= 1.1 * Double(bytes[0]) }, "\(bytes)")
  }
}
