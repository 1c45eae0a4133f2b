import Foundation
import Imaging
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

@Suite("DINO")
struct DINOTests {
  private func model(_ options: [String: JSONValue] = [:]) throws -> ComparingModel {
    let small: [String: JSONValue] = [
      "headWidth": .integer(24), "bottleneck": .integer(8), "outputs": .integer(16),
    ]
    return try ComparingModel(Choice("dino", options: small.merging(options) { $1 }))
  }

  /// What the teacher says does not change when a vector is added to its outputs and to the centre.
  @Test func theCentreTakesOffWhatIsCommon() {
    let (outputs, centre) = (Tensor.random([5, 7], seed: 1), Tensor.random([7], seed: 2))
    let shift = Tensor.random([7], seed: 3).values
    func shifted(_ x: Tensor) -> Tensor {
      Tensor(shape: x.shape, values: x.values.enumerated().map { $1 + shift[$0 % 7] })
    }
    let pool = BufferPool()
    let said = softmaxRows(outputs, centre: centre, temperature: 0.1, pool: pool)
    let other = softmaxRows(shifted(outputs), centre: shifted(centre), temperature: 0.1, pool: pool)
    #expect(relativeError(other, to: said) <= bound(single: 1e-5, double: 1e-13))
  }

  /// Prototypes that are all alike say nothing: ln K.
  @Test func lossOfUniformOutputs() throws {
    let model = try model()
    for name in ["head.last.weight", "teacher.head.last.weight"] {
      let parameter = try #require(model.store[name])
      parameter.assign((0..<parameter.value.count).map { Scalar($0 % 8 + 1) })
    }
    var said: Tensor?
    let observer = PassObserver(onResult: { if $0 == .teacherProbabilities { said = $1 } })
    let tape = Tape(.training, observer: observer)
    #expect(abs(Double(model.objective.loss(model.batch(5), tape).scalar) - log(16)) <= 1e-5)
    let probabilities = try #require(said)
    #expect(probabilities.shape == [10, 16])
    #expect(probabilities.values.allSatisfy { abs($0 - 1 / 16) <= 1e-6 })
  }

  /// The centre follows the mean of what the teacher puts out, and a batch that is not finite leaves no trace.
  @Test(arguments: [1, 3])
  func theCentreFollows(lanes: Int) throws {
    let model = try model(["centreMomentum": .number(0)])
    let centre = try #require(model.store["center"])
    let (step, team) = model.step(lanes: lanes)
    defer { team.dissolve() }
    var batch = model.batch(5)
    _ = step.differentiate(batch)
    let first = centre.value.values
    #expect(first.contains { $0 != 0 })
    // Weights have not moved, and nothing of the old centre is left.
    _ = step.differentiate(batch)
    #expect(centre.value.values == first)
    var views = batch.views
    views[0] = MicroBatch.View(
      Tensor(shape: views[0].patches.shape, repeating: .nan), grid: views[0].grid)
    batch = MicroBatch(views: views, identity: batch.identity)
    #expect(!step.run(batch, learningRate: 0.1, step: 1).loss.isFinite)
    #expect(centre.value.values == first)
    #expect(model.store.parameters.allSatisfy { $0.value.isFinite })
  }

  /// Two steps are an epoch.
  @Test func theLastLayerWaits() throws {
    let model = try model()
    let (step, team) = model.step(lanes: 2)
    defer { team.dissolve() }
    let last = try #require(model.store["head.last.weight"])
    let first = try #require(model.store["head.0.weight"])
    for number in 1...3 {
      let before = (last.value.values, first.value.values)
      _ = step.run(model.batch(6), learningRate: 0.1, step: number)
      #expect((last.value.values == before.0) == (number <= 2), "step \(number)")
      #expect(first.value.values != before.1, "step \(number)")
    }
  }

  /// Nobody who does not count epochs waits for one to end.
  @Test func withoutEpochsNothingWaits() throws {
    let model = try model()
    let (step, team) = model.step(lanes: 1, totalSteps: nil, stepsPerEpoch: nil)
    defer { team.dissolve() }
    _ = step.differentiate(model.batch(4))
    let last = try #require(model.store["head.last.weight"])
    #expect(step.gradients(of: last).contains { $0.values.contains { $0 != 0 } })
    for parameter in model.store.parameters where parameter.name.hasPrefix("teacher.") {
      #expect(!parameter.isTrainable && step.gradients(of: parameter).isEmpty, "\(parameter.name)")
    }
  }

  @Test func theModelFileHoldsTheTeacher() throws {
    let model = try model(["momentum": .number(0.5)])
    let (step, team) = model.step(lanes: 1)
    defer { team.dissolve() }
    _ = step.run(model.batch(4), learningRate: 0.1, step: 1)
    for name in ["blocks.1.attn.qkv.weight", "norm.bias", "pos_embed"] {
      let student = try #require(model.store[name])
      let teacher = try #require(model.store["teacher.\(name)"])
      #expect(model.objective.plan.exported(student).values == teacher.value.values, "\(name)")
      #expect((student.value.values == teacher.value.values) == (name == "pos_embed"), "\(name)")
    }
  }

  @Test(arguments: [
    (1_281_167, 65536, 2048, 256), (60_000, 4096, 2048, 256), (9000, 512, 256, 128), (50, 256, 256, 128),
  ])
  func sizesGoByTheNumberOfImages(_ images: Int, _ outputs: Int, _ width: Int, _ bottleneck: Int) {
    let options = DINO.resolved(.init(), imageCount: images)
    #expect(options.outputs == outputs && options.headWidth == width && options.bottleneck == bottleneck)
    var given = DINO.Options()
    given.headWidth = 100
    let resolved = DINO.resolved(given, imageCount: images)
    #expect(resolved.headWidth == 100 && resolved.bottleneck == 50 && resolved.outputs == outputs)
    #expect(DINO.resolved(options, imageCount: 3) == options)
  }

  @Test func publishedViews() throws {
    var recipe = VisionTransformerConfiguration()
    let large = try #require(DINO.demands(.init(), of: recipe).views)
    #expect(large.map(\.count) == [1, 1, 8])
    #expect(large.map(\.imageSize) == [nil, nil, ImageSize(height: 96, width: 96)])
    (recipe.imageSize, recipe.patchSize) = (ImageSize(height: 28, width: 28), 4)
    let small = try #require(DINO.demands(.init(), of: recipe).views)
    #expect(small.map(\.count) == [1, 1, 4])
    #expect(small[2].imageSize == ImageSize(height: 16, width: 16))
  }

  @Test func wantsTwoViewsOfItsSizeFirst() throws {
    let model = try model()
    let grid = model.encoder.configuration.grid
    let small = PatchGrid(height: 8, width: 8, channels: 1, patchSize: 4)
    let other = PatchGrid(height: 8, width: 8, channels: 1, patchSize: 2)
    for views in [[grid, grid], [grid, grid, small], [grid, grid, grid, small]] {
      try model.objective.plan.checkViews(views, "data.views")
    }
    for views in [[grid], [grid, small], [small, grid, grid], [grid, grid, other]] {
      #expect(throws: Failure.self) { try model.objective.plan.checkViews(views, "data.views") }
    }
  }

  @Test(arguments: [
    "outputs", "headWidth", "bottleneck", "studentTemperature", "teacherTemperature",
    "warmupTeacherTemperature", "momentum", "centreMomentum", "frozenLastLayerEpochs",
    "warmupTeacherTemperatureEpochs",
  ])
  func optionsOutOfRangeAreNamed(_ key: String) throws {
    #expect {
      try ComparingModel(Choice("dino", options: [key: .integer(-1)]))
    } throws: { ($0 as? Failure)?.place == "test.\(key)" }
  }
}
