import Foundation
import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// A distillation beside masked objectives against PyTorch in double precision: a pass there and back, and ten steps of
/// AdamW.
@Suite("Distillation against PyTorch")
struct DistillationGoldenTests {
  /// A line of `distillation.json`.
  struct Line: Decodable, Sendable, CustomStringConvertible {
    let model: GoldenModel
    let objective: Choice
    let distillation: Distillation

    private enum Key: CodingKey { case objective, distillation }

    init(from decoder: any Decoder) throws {
      model = try GoldenModel(from: decoder)
      let keys = try decoder.container(keyedBy: Key.self)
      objective = try keys.decode(Choice.self, forKey: .objective)
      distillation = try keys.decode(Distillation.self, forKey: .distillation)
    }

    var description: String { model.file }
  }

  static let all = try? JSONDecoder().decode(
    [Line].self, from: Data(contentsOf: GoldenFile.url("distillation.json", in: .module)))

  private struct Model {
    let file: GoldenFile
    let store = ParameterStore(seed: 1)
    let objective: any Objective
    let batch: MicroBatch

    init(_ line: Line) throws {
      file = try GoldenFile(line.model.file, in: .module)
      let patches = try file("patches")
      var options = GivenMask.Options()
      (options.objective, options.distillation) = (line.objective, line.distillation)
      options.visible = try file("visible").values.map { Int32($0) }
      options.masked = try file("masked").values.map { Int32($0) }
      options.samples = patches.shape[0]
      guard case .object(let keys) = JSONValue.encoding(options) else {
        throw Failure("options that are no object", at: line.model.file, mend: "see GivenMask")
      }
      var objectives = Objectives.all
      objectives.append(GivenMask.self)
      let encoder = try VisionTransformer(line.model.configuration, parameters: store)
      objective = try objectives.select(Choice(GivenMask.name, options: keys), at: "golden").make(encoder)
      try file.load(into: store)
      batch = MicroBatch(
        patches: patches, identity: SampleIdentity(seed: 0, epoch: 0, indices: Array(0..<options.samples)))
    }

    var trainable: [Parameter] { store.parameters.filter(\.isTrainable) }
  }

  @Test func bothDistancesArePresent() throws {
    let distances = try #require(Self.all).map(\.distillation.distance)
    #expect(Set(distances) == Set(Distillation.Distance.allCases))
  }

  @Test(arguments: all ?? [])
  func giveTheSameLossAndGradients(_ line: Line) throws {
    let model = try Model(line)
    var distance: Tensor?
    let observer = PassObserver(onResult: { if $0 == .distillation { distance = $1 } })
    let tape = Tape(.training, observer: observer)
    let loss = model.objective.loss(model.batch, tape)
    #expect(relativeError(loss, to: try model.file("loss")) <= bound(single: 5e-7, double: 1e-7))
    let found = try #require(distance)
    #expect(relativeError(found, to: try model.file("distance")) <= bound(single: 1e-6, double: 1e-7))
    tape.backward(from: loss)
    for parameter in model.trainable {
      let gradient = try #require(tape.gradient(of: parameter), "\(parameter.name)")
      let wanted = try model.file("grad.\(parameter.name)")
      #expect(
        relativeError(gradient, to: wanted) <= bound(single: 1e-5, double: 1e-7), "\(parameter.name)")
    }
    let graded = model.file.names.filter { $0.hasPrefix("grad.") }.map { String($0.dropFirst(5)) }
    #expect(model.trainable.map(\.name).sorted() == graded)
  }

  @Test(arguments: all ?? [], [1, 3])
  func followTheReference(_ line: Line, lanes: Int) throws {
    let model = try Model(line)
    let team = LaneTeam(count: lanes)
    defer { team.dissolve() }
    let teacher = model.store.parameters(of: .teacher).map(\.value.values)
    let step = TrainingStep(
      objective: model.objective, optimizer: AdamW(parameters: model.trainable, options: .init()),
      parameters: model.trainable, team: team, totalSteps: 10)
    let losses = (1...10).map { step.run(model.batch, learningRate: 1e-3, step: $0).loss }
    let wanted = try model.file("losses").values.map { Double($0) }
    #expect(relativeError(losses, wanted) <= bound(single: 1e-5, double: 1e-6))
    #expect(model.store.parameters(of: .teacher).map(\.value.values) == teacher)
  }
}
