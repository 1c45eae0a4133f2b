import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Layer-sequential unit variance, through an encoder and its decoder.
@Suite("LSUV")
struct LSUVTests {
  private struct Model {
    let store = ParameterStore(seed: 3)
    let encoder: VisionTransformer
    let objective: any Objective
    let lsuv: LSUV

    init(
      _ options: [String: JSONValue] = [:],
      _ change: (inout VisionTransformerConfiguration) -> Void = { _ in }
    ) throws {
      var configuration = VisionTransformerConfiguration()
      (configuration.width, configuration.depth, configuration.headCount) = (24, 3, 3)
      (configuration.imageHeight, configuration.imageWidth, configuration.patchSize) = (16, 16, 4)
      configuration.initializer = Choice("lsuv", options: options)
      change(&configuration)
      encoder = try VisionTransformer(configuration, parameters: store)
      objective = try Objectives.all.select(
        Choice("mae", options: ["decoderWidth": .integer(16), "decoderDepth": .integer(2)]), at: "here"
      ).make(encoder)
      lsuv = try #require(encoder.recipe.initializer as? LSUV)
    }

    var trainable: [Parameter] { store.parameters.filter(\.isTrainable) }

    func batch(_ count: Int) -> MicroBatch {
      MicroBatch(
        patches: .random([count, 16, 48], seed: 2, scale: 2, shift: 0.3),
        identity: SampleIdentity(seed: 5, epoch: 0, indices: Array(0..<count)))
    }

    func step(lanes: Int, passes: Int = 1, average: WeightAverage? = nil) -> TrainingStep {
      TrainingStep(
        objective: objective, optimizer: PlainDescent(parameters: trainable, options: .init()),
        parameters: trainable, team: LaneTeam(count: lanes), passes: passes, average: average)
    }

    /// Mean and deviation of every product's output, bias included, in the order of the forward pass.
    func outputs(on batch: MicroBatch) -> [(name: String, mean: Double, deviation: Double)] {
      var found: [(name: String, mean: Double, deviation: Double)] = []
      let observer = PassObserver(beforeProduct: { weight, input in
        let bias = store[weight.name.dropLast(6) + "bias"]
        let values = Tape(.evaluating).linear(input, weight: weight.value, bias: bias?.value).values
        let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
        let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        found.append((weight.name, mean, (squares / Double(values.count)).squareRoot()))
      })
      _ = objective.loss(
        batch, Tape(PassContext(.evaluating, samples: batch.identity), observer: observer))
      return found
    }
  }

  /// Encoder and decoder, every matrix once; before, some are off by far more than the tolerance.
  @Test(arguments: ["pre", "post"], [Stem.linear, .hMLP])
  func everyLayersOutputHasDeviationOne(placement: String, stem: Stem) throws {
    let model = try Model {
      ($0.placement, $0.stem, $0.patchNorm, $0.dropPath) = (Choice(placement), stem, .none, 0.2)
    }
    let batch = model.batch(6)
    #expect(model.outputs(on: batch).contains { abs($0.deviation - 1) > 0.5 })
    model.step(lanes: 1).calibrate(model.store, by: model.lsuv, on: batch)
    let after = model.outputs(on: batch)
    for (name, _, deviation) in after { #expect(abs(deviation - 1) <= 0.1, "\(name)") }
    let matrices = model.store.parameters.filter { $0.shape.count == 2 && $0.isTrainable }
    #expect(Set(after.map(\.name)) == Set(matrices.map(\.name)) && after.count == matrices.count)
    #expect(after.last?.name == "decoder_pred.weight")
  }

  /// A layer that is within the paper's tolerance is rescaled too; biases stay.
  @Test func theToleranceIsAnOption() throws {
    let model = try Model(["tolerance": .number(1e-4)])
    let batch = model.batch(6)
    model.step(lanes: 1).calibrate(model.store, by: model.lsuv, on: batch)
    for (name, _, deviation) in model.outputs(on: batch) { #expect(abs(deviation - 1) <= 1e-4, "\(name)") }
    let biases = model.store.parameters.filter { $0.name.hasSuffix("bias") }
    #expect(biases.allSatisfy { $0.value.values.allSatisfy { $0 == 0 } })
  }

  @Test func biasesCanBeShiftedToo() throws {
    let model = try Model(["shiftsBias": .bool(true), "tolerance": .number(0.01)])
    let batch = model.batch(6)
    model.step(lanes: 1).calibrate(model.store, by: model.lsuv, on: batch)
    for (name, mean, deviation) in model.outputs(on: batch) {
      #expect(abs(deviation - 1) <= 0.01 && abs(mean) <= 0.01, "\(name)")
    }
    let shifted = model.store.parameters.filter { $0.name.hasSuffix("fc2.bias") }.map(\.value.values)
    #expect(shifted.contains { Set($0).count == 1 && abs($0[0]) > 0.01 })
  }

  /// A weight is scaled as a whole: it stays orthonormal up to one factor.
  @Test func weightsStayOrthonormal() throws {
    let model = try Model()
    model.step(lanes: 1).calibrate(model.store, by: model.lsuv, on: model.batch(6))
    for parameter in model.store.parameters where parameter.shape.count == 2 {
      let parts = parameter.name.contains("qkv") ? 3 : 1
      let (rows, columns) = (parameter.shape[0] / parts, parameter.shape[1])
      for part in 0..<parts {
        let values = parameter.value.values[part * rows * columns..<(part + 1) * rows * columns]
        let singular = try #require(
          SingularValues(of: values.map { Double($0) }, rows: rows, columns: columns)
        ).values
        #expect(singular[singular.count - 1] / singular[0] >= 1 - 1e-5, "\(parameter.name)")
      }
    }
  }

  /// The samples are those of the first lane's first pass, so that a step's memory is enough; frozen weights and a layer
  /// without spread stay.
  @Test func onlyTheFirstPassIsSeen() throws {
    func weights(_ samples: Int, lanes: Int, passes: Int) throws -> [[Scalar]] {
      let model = try Model()
      model.store["blocks.0.mlp.fc1.weight"]?.isTrainable = false
      let frozen = try #require(model.store["blocks.0.mlp.fc1.weight"]).value.values
      model.step(lanes: lanes, passes: passes).calibrate(
        model.store, by: model.lsuv, on: model.batch(samples))
      #expect(try #require(model.store["blocks.0.mlp.fc1.weight"]).value.values == frozen)
      return model.store.parameters.map(\.value.values)
    }
    // `Tensor.random` of another shape is another tensor: all batches here are slices of one of 8.
    let all = try weights(8, lanes: 2, passes: 2)
    #expect(try all == weights(8, lanes: 2, passes: 2))
    #expect(try all == weights(8, lanes: 4, passes: 1))
    #expect(try all != weights(8, lanes: 2, passes: 1))
  }

  @Test func aLayerWithoutSpreadStays() throws {
    let model = try Model { ($0.patchNorm, $0.positions, $0.hasClassToken) = (.none, .none, false) }
    let before = try #require(model.store["patch_embed.proj.weight"]).value.values
    let flat = MicroBatch(patches: Tensor(shape: [2, 16, 48]), identity: model.batch(2).identity)
    model.step(lanes: 1).calibrate(model.store, by: model.lsuv, on: flat)
    #expect(try #require(model.store["patch_embed.proj.weight"]).value.values == before)
    #expect(model.store.parameters.allSatisfy { $0.value.isFinite })
  }

  @Test func anAverageStartsFromTheResult() throws {
    let model = try Model()
    let average = WeightAverage(of: model.trainable, momentum: 0.9)
    model.step(lanes: 1, average: average).calibrate(model.store, by: model.lsuv, on: model.batch(6))
    #expect(average.tensors.map(\.values) == model.trainable.map(\.value.values))
  }
}
