import Foundation
import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// A look at features, against the encoder asked directly.
@Suite("Feature probe")
struct FeatureProbeTests {
  private func encoder(_ store: ParameterStore) throws(Failure) -> VisionTransformer {
    var configuration = VisionTransformerConfiguration()
    (configuration.width, configuration.depth, configuration.headCount) = (12, 2, 3)
    (configuration.imageHeight, configuration.imageWidth, configuration.patchSize) = (6, 8, 2)
    configuration.dropPath = 0.3
    return try VisionTransformer(configuration, parameters: store)
  }

  private func trainer(_ objective: any Objective, _ store: ParameterStore, lanes: Int) -> TrainingStep {
    let trainable = store.parameters.filter(\.isTrainable)
    return TrainingStep(
      objective: objective, optimizer: AdamW(parameters: trainable, options: .init()),
      parameters: trainable, team: LaneTeam(count: lanes))
  }

  private func batch(_ count: Int, views: Int = 1) -> MicroBatch {
    MicroBatch(
      views: (0..<views).map { .init(.random([count, 12, 12], seed: UInt64(4 + $0))) },
      identity: SampleIdentity(seed: 2, epoch: 1, indices: Array(0..<count)))
  }

  private func matrix(_ encoder: VisionTransformer, _ patches: Tensor) -> FeatureMatrix {
    let features = encoder.features(patches, Tape(.evaluating))
    return FeatureMatrix(features.values.map { Double($0) }, width: encoder.configuration.width)
  }

  @Test(arguments: [1, 2], [5, 70, FeatureProbe.sampleCount + 9])
  func oneViewIsEncodedWholeAndInHalves(lanes: Int, count: Int) throws {
    let store = ParameterStore(seed: 1)
    let encoder = try encoder(store)
    let objective = try MaskedAutoencoder(encoder: encoder, options: .init(), at: "here")
    store.randomize(seed: 5)
    let batch = batch(count)
    let probe = FeatureProbe(
      objective: objective, encoder: encoder, trainer: trainer(objective, store, lanes: lanes))
    let health = probe.measure(batch, TrainingProgress(step: 3, totalSteps: 10))
    let samples = min(count, FeatureProbe.sampleCount)
    #expect(health.samples == samples && health.width == 12)
    let whole = matrix(encoder, batch.patches.slice(0..<samples))
    let close = bound(single: 1e-5, double: 1e-11)
    for (found, wanted) in [
      (health.featureStd, whole.directionSpread), (health.rankMe, whole.rankMe),
      (health.uniformity, whole.uniformity),
    ] {
      #expect(relativeError([try #require(found)], [try #require(wanted)]) <= close)
    }
    let alignment = try #require(health.alignment)
    #expect(alignment > 0 && alignment < 4)
    #expect(health.teacherEntropy == nil)
    #expect(
      health.baseline
        == objective.plan.trivialLoss(batch.slice(0..<min(256, batch.count)), batch.count))
  }

  @Test func twoViewsAreThePairs() throws {
    let store = ParameterStore(seed: 1)
    let encoder = try encoder(store)
    let objective = try SimCLR(encoder: encoder, options: .init(), at: "here")
    let batch = batch(9, views: 2)
    let probe = FeatureProbe(
      objective: objective, encoder: encoder, trainer: trainer(objective, store, lanes: 2))
    let health = probe.measure(batch, TrainingProgress())
    let pairs = batch.views.map { matrix(encoder, $0.patches) }
    #expect(
      relativeError([try #require(health.alignment)], [pairs[0].alignment(with: pairs[1])])
        <= bound(single: 1e-5, double: 1e-11))
    #expect(health.baseline?.value == log(17))
  }

  /// The entropy of what the objective shows: one row certain, one undecided between two of three.
  @Test func theTeacherIsAsked() throws {
    let store = ParameterStore(seed: 1)
    let objective = try Taught(encoder: encoder(store), options: .init(), at: "here")
    let probe = FeatureProbe(
      objective: objective, encoder: objective.encoder, trainer: trainer(objective, store, lanes: 1))
    let health = probe.measure(batch(4), TrainingProgress())
    #expect(abs(try #require(health.teacherEntropy) - log(2) / 2) <= 1e-6)
    #expect(health.teacherOutputs == 3 && health.baseline == nil)
  }

  /// Weights after steps with looks between them are those after steps alone.
  @Test(arguments: [1, 2]) func looksChangeNoBits(lanes: Int) throws {
    func weights(looking: Bool) throws -> [[Scalar]] {
      let store = ParameterStore(seed: 1)
      let encoder = try encoder(store)
      let objective = try SimCLR(encoder: encoder, options: .init(), at: "here")
      let step = trainer(objective, store, lanes: lanes)
      let probe = FeatureProbe(objective: objective, encoder: encoder, trainer: step)
      for number in 1...4 {
        let batch = batch(10 + number, views: 2)
        if looking { _ = probe.measure(batch, TrainingProgress(step: number - 1)) }
        _ = step.run(batch, learningRate: 1e-2, step: number)
      }
      return store.parameters.map(\.value.values)
    }
    #expect(try weights(looking: true) == weights(looking: false))
  }
}

/// An objective whose teacher always says the same.
private struct Taught: Objective {
  static let name = "taught"
  static let summary = "for tests"
  static let source = "none"
  let encoder: VisionTransformer
  let teacher: Teacher

  var plan: ObjectivePlan {
    var plan = ObjectivePlan(of: Self.self)
    plan.teacher = teacher
    return plan
  }

  init(encoder: VisionTransformer, options: NoOptions, at place: String) throws(Failure) {
    self.encoder = encoder
    _ = encoder.parameters.root.parameter("centre", shape: [1], role: .factor, initial: .constant(1))
    _ = encoder.parameters.teacher.parameter("centre", shape: [1], role: .factor, initial: .constant(1))
    teacher = Teacher(in: encoder.parameters) { _ in 1 }
  }

  func loss(_ batch: MicroBatch, _ tape: Tape) -> Tensor {
    tape.observe(.teacherProbabilities, Tensor(shape: [2, 3], values: [1, 0, 0, 0.5, 0, 0.5]))
    return tape.meanSquaredError(
      encoder.features(batch.patches, tape), target: Tensor(shape: [batch.count, 12], repeating: 1))
  }
}
