import Optimization
import Pretraining
import Tensors
import TestSupport
import Testing

/// A step is the same step however the batch is cut over lanes and passes.
@Suite("Lanes and passes")
struct LaneTests {
  private struct Result {
    var losses: [Double] = []
    var norms: [Double] = []
    var weights: [[Scalar]] = []
  }

  /// Three steps; the gradients' cut changes the order of sums alone.
  private func train(
    _ optimizer: String, lanes: Int, passes: Int = 1, samples: Int = 7, clipNorm: Double? = nil
  ) throws -> Result {
    let model = try GoldenAutoencoder.first()
    let team = LaneTeam(count: lanes)
    defer { team.dissolve() }
    let chosen: any Optimizer =
      optimizer == "adamW"
      ? AdamW(parameters: model.trainable, options: .init())
      : PlainDescent(parameters: model.trainable, options: .init())
    let step = TrainingStep(
      objective: model.objective, optimizer: chosen, parameters: model.trainable, team: team, passes: passes,
      clipping: clipNorm.map { GradientClipping(norm: $0) })
    var result = Result()
    for number in 1...3 {
      let outcome = step.run(
        model.batch(samples, seed: UInt64(number), epoch: number), learningRate: 1e-2, step: number)
      result.losses.append(outcome.loss)
      result.norms.append(outcome.gradientNorm)
    }
    result.weights = model.trainable.map(\.value.values)
    return result
  }

  private let same = bound(single: 5e-7, double: 1e-14)

  private func expectSame(
    _ result: Result, _ wanted: Result, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(relativeError(result.losses, wanted.losses) <= same, sourceLocation: sourceLocation)
    #expect(relativeError(result.norms, wanted.norms) <= same, sourceLocation: sourceLocation)
    for (weights, other) in zip(result.weights, wanted.weights) {
      #expect(relativeError(weights, to: other) <= same, sourceLocation: sourceLocation)
    }
  }

  /// Nine and 64 lanes are more than there are samples.
  @Test(arguments: [2, 3, 5, 9, 64])
  func theNumberOfLanesDoesNotMatter(lanes: Int) throws {
    expectSame(try train("plain", lanes: lanes), try train("plain", lanes: 1))
  }

  @Test(arguments: [1, 2], [2, 3, 8])
  func theNumberOfPassesDoesNotMatter(lanes: Int, passes: Int) throws {
    expectSame(try train("plain", lanes: lanes, passes: passes), try train("plain", lanes: 1))
  }

  /// Without clipping parameters move while other gradients are still being computed; with it, after all of them.
  @Test(arguments: [1, 2, 3], [1, 2])
  func movingEarlyIsMovingLate(lanes: Int, passes: Int) throws {
    expectSame(
      try train("plain", lanes: lanes, passes: passes),
      try train("plain", lanes: lanes, passes: passes, clipNorm: 1e9))
  }

  @Test func oneSampleIsABatchToo() throws {
    expectSame(try train("plain", lanes: 3, samples: 1), try train("plain", lanes: 1, samples: 1))
  }

  @Test(arguments: [1, 2, 3, 5])
  func theSameLanesGiveTheSameBits(lanes: Int) throws {
    for clipNorm in [nil, 0.5] {
      let first = try train("adamW", lanes: lanes, clipNorm: clipNorm)
      let second = try train("adamW", lanes: lanes, clipNorm: clipNorm)
      #expect(first.losses == second.losses && first.norms == second.norms)
      #expect(first.weights == second.weights)
    }
  }

  @Test(arguments: [1, 3])
  func clippingDoesNotDependOnLanesEither(lanes: Int) throws {
    expectSame(
      try train("plain", lanes: lanes, passes: 2, clipNorm: 0.1), try train("plain", lanes: 1, clipNorm: 0.1))
  }

  /// AdamW moves by the sign of a gradient. Where that is 0 by its nature (a bias of all keys adds the same to every
  /// score of a row) the sign is a rounding's, so those are left out.
  @Test(arguments: [2, 3, 9])
  func adamWAgreesWhereGradientsAreNotZero(lanes: Int) throws {
    let (result, wanted) = (try train("adamW", lanes: lanes), try train("adamW", lanes: 1))
    #expect(relativeError(result.losses, wanted.losses) <= same)
    let model = try GoldenAutoencoder.first()
    for (index, parameter) in model.trainable.enumerated() where !parameter.name.hasSuffix("qkv.bias") {
      #expect(
        relativeError(result.weights[index], to: wanted.weights[index])
          <= bound(single: 1e-4, double: 1e-12), "\(parameter.name)")
    }
  }
}
