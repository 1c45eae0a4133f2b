import Foundation
import Imaging
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Fine-tuning of mixed batches against PyTorch and timm in double precision, which mixed them as images.
@Suite("Classification against PyTorch")
struct ClassificationGoldenTests {
  struct Line: Decodable, Sendable, CustomTestStringConvertible {
    struct Mixing: Decodable, Sendable {
      let share: Double
      let box: CropRectangle?
    }

    let model: GoldenModel
    let pooling: Pooling
    let labels: [Int]
    let mixing: Mixing?
    let objective: Choice

    private enum Key: CodingKey { case pooling, labels, mixing, objective }

    init(from decoder: any Decoder) throws {
      model = try GoldenModel(from: decoder)
      let keys = try decoder.container(keyedBy: Key.self)
      pooling = try keys.decode(Pooling.self, forKey: .pooling)
      labels = try keys.decode([Int].self, forKey: .labels)
      mixing = try keys.decodeIfPresent(Mixing.self, forKey: .mixing)
      objective = try keys.decode(Choice.self, forKey: .objective)
    }

    var testDescription: String { model.file }
  }

  static let lines = try? JSONDecoder().decode(
    [Line].self, from: Data(contentsOf: GoldenFile.url("classification.json", in: .module)))

  @Test func allArePresent() { #expect(Self.lines?.count == 4) }

  /// Rounding of a Float in the inputs, sums of a hundred terms: as for the other objectives.
  @Test(arguments: lines ?? [])
  func givesTheSameLossAndGradients(_ line: Line) throws {
    let file = try GoldenFile(line.model.file, in: .module)
    let store = ParameterStore(seed: 1)
    var configuration = line.model.configuration
    configuration.pooling = line.pooling
    let encoder = try VisionTransformer(configuration, parameters: store)
    let made = try Objectives.all.select(line.objective, at: "golden").make(encoder)
    let objective = try #require(made as? Classification)
    try file.load(into: store)

    let samples = MicroBatch(
      patches: try file("patches"), labels: line.labels,
      identity: SampleIdentity(seed: 0, epoch: 0, indices: Array(line.labels.indices)))
    let smoothing = line.objective.options["labelSmoothing"]?.number ?? .nan
    let targets = ClassTargets(classCount: 5, smoothing: smoothing)
    let mixed = line.mixing.map {
      MixedSamples(
        samples, BatchMixing(share: $0.share, box: $0.box), grid: configuration.grid, targets: targets
      ).microBatch(0..<line.labels.count, pool: BufferPool())
    }
    let batch = mixed ?? samples
    if let found = batch.targets {
      #expect(relativeError(found, to: try file("targets")) <= bound(single: 3e-7, double: 1e-7))
    }
    let tape = Tape(.training)
    #expect(
      relativeError(objective.logits(batch.patches, Tape(.evaluating)), to: try file("logits"))
        <= bound(single: 3e-6, double: 2e-7))
    let loss = objective.loss(batch, tape)
    #expect(relativeError(loss, to: try file("loss")) <= bound(single: 1e-6, double: 1e-7))
    tape.backward(from: loss)
    for parameter in store.parameters where parameter.isTrainable {
      guard file.names.contains("grad.\(parameter.name)") else {
        #expect(tape.gradient(of: parameter) == nil && parameter.name.hasPrefix("norm."))
        continue
      }
      let gradient = try #require(tape.gradient(of: parameter), "\(parameter.name)")
      let wanted = try file("grad.\(parameter.name)")
      #expect(
        relativeError(gradient.values, to: wanted.values) <= bound(single: 2e-5, double: 2e-7),
        "\(parameter.name)")
    }
  }
}
