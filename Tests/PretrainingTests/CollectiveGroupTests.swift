import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Whatever carries what participants of a step exchange, the bits are the same.
@Suite("Groups of participants", .timeLimit(.minutes(2)))
struct CollectiveGroupTests {
  /// A step of a kind that exchanges something of its own.
  struct Case: CustomTestStringConvertible, Sendable {
    let objective: Choice
    var norm: Choice = "layerNorm"
    var clipping: GradientClipping?
    var optimizer: Choice = "adamW"
    var passes = 1
    var breaks = false
    let exchanges: Set<Traffic.Kind>
    var testDescription: String {
      "\(objective.name) \(norm.name) \(optimizer.name) passes \(passes) "
        + (clipping.map { $0.clipsEachParameter ? "clips each" : "clips" } ?? "") + (breaks ? " breaks" : "")
    }
  }

  static let masked = Choice(
    "mae", options: ["decoderWidth": .integer(8), "decoderDepth": .integer(1), "decoderHeads": .integer(2)])
  static let dino = Choice(
    "dino", options: ["headWidth": .integer(24), "bottleneck": .integer(8), "outputs": .integer(16)])
  static let early: Set<Traffic.Kind> = [.losses, .gradients]
  static let clipped: Set<Traffic.Kind> = [.sums, .clippedGradients]

  static let cases: [Case] = [
    Case(objective: masked, exchanges: early),
    Case(objective: masked, optimizer: "lars", passes: 2, exchanges: early),
    Case(objective: masked, clipping: .init(norm: 0.1), exchanges: clipped),
    Case(
      objective: masked, clipping: .init(norm: 0.01, clipsEachParameter: true), passes: 2, exchanges: clipped),
    Case(objective: masked, norm: "batchNorm", exchanges: early.union([.sums])),
    Case(objective: "simCLR", exchanges: early.union([.sums, .rows, .rowGradients])),
    Case(objective: "simCLR", passes: 2, exchanges: early.union([.sums, .rows, .rowGradients])),
    Case(objective: dino, exchanges: early.union([.sums])),
    Case(objective: masked, breaks: true, exchanges: early),
    Case(objective: masked, clipping: .init(norm: 0.1), breaks: true, exchanges: [.sums, .clippedGradients]),
  ]

  private struct Result: Equatable {
    var losses: [UInt64] = []
    var norms: [UInt64] = []
    var values: [[Scalar]] = []
  }

  /// Three steps; the second has a pixel of the last sample that is no number, where the case breaks.
  private func train(_ test: Case, lanes: Int, _ group: any CollectiveGroup) throws -> Result {
    let model = try ComparingModel(test.objective) { $0.norm = test.norm }
    let team = LaneTeam(count: lanes)
    defer { team.dissolve() }
    let step = TrainingStep(
      objective: model.objective,
      optimizer: try Optimizers.all.select(test.optimizer, at: "test").make(model.trainable),
      parameters: model.trainable, team: team, passes: test.passes, clipping: test.clipping, totalSteps: 20,
      stepsPerEpoch: 2, group: group)
    var result = Result()
    for number in 1...3 {
      let views = test.objective.name == "mae" ? 1 : 2
      let batch = model.batch(7, views: views, seed: UInt64(number), epoch: number)
      let breaks = test.breaks && number == 2
      if breaks {
        batch.patches.withMutableSpan { span in
          for index in span.indices.suffix(9 * 16) { span[index] = .nan }
        }
      }
      let before = model.store.parameters.map(\.value.values)
      let outcome = step.run(batch, learningRate: 1e-2, step: number)
      #expect(outcome.isFinite != breaks)
      #expect((model.store.parameters.map(\.value.values) == before) == breaks)
      result.losses.append(outcome.loss.bitPattern)
      result.norms.append(outcome.gradientNorm.bitPattern)
    }
    result.values = model.store.parameters.map(\.value.values)
    return result
  }

  /// Nine lanes are more than there are samples.
  @Test(arguments: cases, [1, 3, 9])
  func bytesGiveTheSameBits(_ test: Case, lanes: Int) throws {
    let group = ByteCopyGroup()
    let result = try train(test, lanes: lanes, group)
    #expect(try result == train(test, lanes: lanes, SharedMemoryGroup()))
    #expect(group.traffic.kinds == test.exchanges)
  }
}
