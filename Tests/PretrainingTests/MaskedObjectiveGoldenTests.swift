import Optimization
import Pretraining
import Tensors
import TestSupport
import Testing

/// SimMIM, MP3 and DropPos against PyTorch in double precision: a pass there and back, and ten steps of AdamW.
@Suite("Objectives of masks and positions against PyTorch")
struct MaskedObjectiveGoldenTests {
  @Test func allArePresent() throws {
    #expect(try #require(GoldenMaskedObjective.all).count >= 7)
  }

  @Test(arguments: GoldenMaskedObjective.all ?? [])
  func giveTheSameLossAndGradients(_ line: GoldenMaskedObjective.Line) throws {
    let model = try GoldenMaskedObjective(line)
    let tape = Tape(.training)
    let loss = model.objective.loss(try model.file("patches"), model.mask, tape)
    #expect(relativeError(loss, to: try model.file("loss")) <= bound(single: 5e-7, double: 1e-7))
    tape.backward(from: loss)
    for parameter in model.trainable {
      let gradient = try #require(tape.gradient(of: parameter), "\(parameter.name)")
      let wanted = try model.file("grad.\(parameter.name)")
      #expect(
        relativeError(gradient, to: wanted) <= bound(single: 1e-5, double: 1e-7),
        "\(parameter.name)")
    }
    let graded = model.file.names.filter { $0.hasPrefix("grad.") }.map { String($0.dropFirst(5)) }
    #expect(model.trainable.map(\.name).sorted() == graded)
  }

  /// σ of DropPos falls over these steps.
  @Test(arguments: GoldenMaskedObjective.all ?? [], [1, 3])
  func followTheReference(_ line: GoldenMaskedObjective.Line, lanes: Int) throws {
    let model = try GoldenMaskedObjective(line)
    let team = LaneTeam(count: lanes)
    defer { team.dissolve() }
    let patches = try model.file("patches")
    let count = patches.shape[0]
    let step = TrainingStep(
      objective: FixedMask(model.objective, model.mask, count: count),
      optimizer: AdamW(parameters: model.trainable, options: .init()), parameters: model.trainable,
      team: team,
      totalSteps: 10)
    let batch = MicroBatch(
      patches: patches, identity: SampleIdentity(seed: 0, epoch: 0, indices: Array(0..<count)))
    let losses = (1...10).map { step.run(batch, learningRate: 1e-3, step: $0).loss }
    let wanted = try model.file("losses").values.map { Double($0) }
    #expect(relativeError(losses, wanted) <= bound(single: 1e-5, double: 1e-6))
  }
}
