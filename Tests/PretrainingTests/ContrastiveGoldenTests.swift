import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Losses that compare samples, against PyTorch in double precision, however a batch is cut over lanes and passes.
@Suite("Comparing objectives against PyTorch")
struct ContrastiveGoldenTests {
  struct Golden: Sendable, CustomTestStringConvertible {
    let file: String
    let objective: Choice
    var testDescription: String { file }

    init(_ file: String, _ name: String, _ options: [String: JSONValue]) {
      self.file = file
      objective = Choice(name, options: options)
    }
  }

  private static let heads: [String: JSONValue] = [
    "temperature": .number(0.2), "headWidth": .integer(24), "outputs": .integer(12),
  ]
  private static func mocoV3(frozen: Bool) -> [String: JSONValue] {
    heads.merging(["momentum": .number(0.9), "freezePatchProjection": .bool(frozen)]) { $1 }
  }
  private static func dino(frozenEpochs: Int) -> [String: JSONValue] {
    [
      "headWidth": .integer(20), "bottleneck": .integer(8), "outputs": .integer(16), "momentum": .number(0.9),
      "warmupTeacherTemperatureEpochs": .integer(2), "frozenLastLayerEpochs": .integer(frozenEpochs),
    ]
  }
  static let goldens = [
    Golden("simCLR", "simCLR", heads),
    Golden("mocoV3", "mocoV3", mocoV3(frozen: false)),
    Golden("mocoV3-frozen", "mocoV3", mocoV3(frozen: true)),
    Golden("dino", "dino", dino(frozenEpochs: 0)),
    // Prototypes that start to move in the fourth step.
    Golden("dino-frozen", "dino", dino(frozenEpochs: 1)),
  ]
  static let cuts = [(1, 1), (2, 1), (1, 3), (3, 2)]

  private func load(_ golden: Golden) throws -> (model: ComparingModel, file: GoldenFile, batch: MicroBatch) {
    let file = try GoldenFile("contrastive-\(golden.file).safetensors", in: .module)
    let model = try ComparingModel(golden.objective) { $0.patchNorm = .dual }
    try file.load(into: model.store)
    let views = try file.names.filter { $0.hasPrefix("view.") }.map { name in
      let patches = try file(name)
      let side = patches.shape[1] == 9 ? 12 : 8
      return MicroBatch.View(patches, grid: PatchGrid(height: side, width: side, channels: 1, patchSize: 4))
    }
    let identity = SampleIdentity(seed: 0, epoch: 0, indices: Array(0..<views[0].patches.shape[0]))
    return (model, file, MicroBatch(views: views, identity: identity))
  }

  @Test(arguments: goldens, cuts)
  func lossGradientsAndBuffers(_ golden: Golden, _ cut: (lanes: Int, passes: Int)) throws {
    let (model, file, batch) = try load(golden)
    let (step, team) = model.step(
      lanes: cut.lanes, passes: cut.passes, totalSteps: 10, stepsPerEpoch: 3)
    defer { team.dissolve() }
    let wanted = try Double(file("loss").scalar)
    #expect(abs(step.differentiate(batch) - wanted) <= bound(single: 1.2e-6, double: 1e-7) * wanted)

    let graded = file.names.filter { $0.hasPrefix("grad.") }
    let moved = model.trainable.filter { !step.gradients(of: $0).isEmpty }
    #expect(moved.map { "grad.\($0.name)" }.sorted() == graded)
    let largest = try graded.reduce(0) { max($0, largestMagnitude(try doubles(file, $1))) }
    for parameter in moved {
      let wanted = try doubles(file, "grad.\(parameter.name)")
      let found = step.gradients(of: parameter).reduce([Double](repeating: 0, count: wanted.count)) {
        zip($0, $1.values).map { $0 + Double($1) }
      }
      let difference = largestMagnitude(zip(found, wanted).map { $0 - $1 })
      if largestMagnitude(wanted) <= 1e-9 * largest {
        // A shift before a batch norm: what many samples want cancels.
        #expect(difference <= bound(single: 2e-6, double: 1e-12) * largest, "\(parameter.name)")
      } else {
        let scale = max(largestMagnitude(wanted), 1e-2 * largest)
        #expect(difference <= bound(single: 2e-5, double: 1e-7) * scale, "\(parameter.name)")
      }
    }
    for name in file.names where name.hasPrefix("after.") {
      let (wanted, found) = (try doubles(file, name), model.store[String(name.dropFirst(6))]?.value.values)
      // Means that are 0 by what comes before are so up to rounding of values about 1.
      let scale = max(largestMagnitude(wanted), 0.1)
      let difference = zip(try #require(found), wanted).map { Double($0) - $1 }
      #expect(largestMagnitude(difference) <= bound(single: 1e-6, double: 1e-7) * scale, "\(name)")
    }
  }

  /// Ten steps, the teacher and the buffers with them.
  @Test(arguments: goldens, cuts)
  func trajectory(_ golden: Golden, _ cut: (lanes: Int, passes: Int)) throws {
    let (model, file, batch) = try load(golden)
    let (step, team) = model.step(
      { AdamW(parameters: $0, options: .init()) }, lanes: cut.lanes, passes: cut.passes, totalSteps: 10,
      stepsPerEpoch: 3)
    defer { team.dissolve() }
    let losses = (1...10).map { step.run(batch, learningRate: 1e-3, step: $0).loss }
    #expect(relativeError(losses, try doubles(file, "losses")) <= bound(single: 3e-6, double: 1e-7))
    let finals = file.names.filter { $0.hasPrefix("final.") }
    #expect(finals.count >= 4)
    for name in finals {
      let parameter = try #require(model.store[String(name.dropFirst(6))])
      #expect(
        relativeError(parameter.value, to: try file(name)) <= bound(single: 1e-5, double: 1e-7), "\(name)")
    }
  }

  private func doubles(_ file: GoldenFile, _ name: String) throws -> [Double] {
    try file(name).values.map { Double($0) }
  }
}
