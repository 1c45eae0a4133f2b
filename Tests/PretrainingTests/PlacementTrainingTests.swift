import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Every placement in the step of a masked autoencoder.
@Suite("Placements in training")
struct PlacementTrainingTests {
  private static let placements: [Choice] =
    NormPlacements.all.map { Choice($0.name) } + [
      Choice("normFormer", options: ["headScale": .string("output"), "residualScale": .bool(true)]),
      Choice("mixLN", options: ["ratio": .number(0.5)]),
    ]

  private struct Model {
    let store = ParameterStore(seed: 3)
    let objective: MaskedAutoencoder
    let grid: PatchGrid

    init(_ placement: Choice, _ change: (inout VisionTransformerConfiguration) -> Void = { _ in }) throws {
      var configuration = VisionTransformerConfiguration()
      configuration.width = 24
      configuration.depth = 4
      configuration.headCount = 3
      (configuration.imageHeight, configuration.imageWidth) = (16, 16)
      configuration.patchSize = 4
      configuration.placement = placement
      change(&configuration)
      grid = configuration.grid
      var options = MaskedAutoencoder.Options()
      (options.decoderWidth, options.decoderDepth, options.decoderHeads) = (24, 1, 2)
      objective = try MaskedAutoencoder(
        encoder: try VisionTransformer(configuration, parameters: store), options: options, at: "test")
      store.randomize(seed: 1)
    }

    var trainable: [Parameter] { store.parameters.filter(\.isTrainable) }

    func batch(_ count: Int, seed: UInt64 = 3) -> MicroBatch {
      MicroBatch(
        patches: .random([count, grid.count, grid.width], seed: seed),
        identity: SampleIdentity(seed: 5, epoch: 0, indices: Array(0..<count)))
    }

    func gradients(_ recompute: Recompute, samples: Int) throws -> (gradients: [[Scalar]], bytes: Int) {
      let batch = batch(samples)
      let tape = Tape(PassContext(.training, samples: batch.identity, recompute: recompute))
      tape.backward(from: objective.loss(batch, tape))
      return (try trainable.map { try #require(tape.gradient(of: $0)).values }, tape.pool.bytes)
    }
  }

  /// With LayerScale and drop path, with norms of queries and keys, and with neither.
  @Test(arguments: placements)
  func recomputingKeepsTheBits(placement: Choice) throws {
    let changes: [(inout VisionTransformerConfiguration) -> Void] = [
      { _ in }, { ($0.layerScale, $0.dropPath) = (0.3, 0.3) }, { $0.queryKeyNorm = true },
    ]
    for change in changes {
      let model = try Model(placement, change)
      let plain = try model.gradients(.none, samples: 3).gradients
      for level in [Recompute.attention, .block] {
        #expect(try model.gradients(level, samples: 3).gradients == plain)
      }
    }
  }

  @Test(arguments: placements)
  func recomputingSavesMemory(placement: Choice) throws {
    let model = try Model(placement)
    let bytes = try Recompute.allCases.map { try model.gradients($0, samples: 200).bytes }
    #expect(Double(bytes[1]) < 0.9 * Double(bytes[0]))
    #expect(Double(bytes[2]) < 0.9 * Double(bytes[1]))
  }

  /// A run of six steps, its first three by another model whose weights and buffers were handed over.
  @Test(arguments: [1, 2])
  func branchNormGoesOnWhereItStopped(lanes: Int) throws {
    let placement = Choice("branchNorm", options: ["steps": .integer(5)])
    let team = LaneTeam(count: lanes)
    defer { team.dissolve() }
    func run(_ model: Model, _ steps: ClosedRange<Int>) {
      let step = TrainingStep(
        objective: model.objective, optimizer: PlainDescent(parameters: model.trainable, options: .init()),
        parameters: model.trainable, team: team, passes: 2)
      for number in steps {
        _ = step.run(model.batch(5, seed: UInt64(number)), learningRate: 0.1, step: number)
      }
    }
    let (whole, first, second) = (try Model(placement), try Model(placement), try Model(placement))
    run(whole, 1...6)
    run(first, 1...3)
    #expect(try #require(first.store["blocks.0.branch1.step"]).value.values == [3])
    for parameter in second.store.parameters {
      parameter.assign(try #require(first.store[parameter.name]).value.values)
    }
    run(second, 4...6)
    for parameter in whole.store.parameters {
      #expect(try #require(second.store[parameter.name]).value.values == parameter.value.values)
    }
    #expect(try #require(whole.store["decoder_blocks.0.branch2.step"]).value.values == [5])
  }
}
