import Tensors
import TestSupport
import Testing
import VisionTransformer

/// What holds of every encoder, whatever its weights.
@Suite("Properties of the encoder")
struct EncoderPropertyTests {
  private let patches = Tensor.random([2, 6, 12], seed: 3)

  private func rows(_ tensor: Tensor) -> [[Scalar]] {
    let values = tensor.values
    return stride(from: 0, to: values.count, by: tensor.width).map {
      Array(values[$0..<$0 + tensor.width])
    }
  }

  private func dualPatchNorm() throws -> PatchEmbedding {
    let model = try makeModel(smallConfiguration())
    let store = ParameterStore(seed: 5)
    let embedding = PatchEmbedding(
      grid: model.configuration.grid, width: 12, stem: .linear, patchNorm: .dual, recipe: model.recipe,
      scope: store.root)
    store.randomize(seed: 2)
    return embedding
  }

  @Test func dualPatchNormCommutesWithMasking() throws {
    let embedding = try dualPatchNorm()
    let tape = Tape(.evaluating)
    let indices: [Int32] = [5, 0, 3, 2, 2, 1]
    let selectedFirst = embedding(tape.gather(patches, indices: indices), tape)
    let selectedLast = tape.gather(embedding(patches, tape), indices: indices)
    #expect(relativeError(selectedFirst, to: selectedLast) <= 1e-6)
  }

  /// ε = 1e-6 beside a variance of 1 and more is what is left of scale.
  @Test func dualPatchNormIgnoresBrightnessAndContrast() throws {
    let embedding = try dualPatchNorm()
    let tape = Tape(.evaluating)
    let changed = patches.values.enumerated().map { index, value in
      let patch = Scalar(index / 12)
      return value * (1 + patch / 3) + patch - 4
    }
    let output = embedding(Tensor(shape: patches.shape, values: changed), tape)
    #expect(relativeError(output, to: embedding(patches, tape)) <= 1e-6)
  }

  @Test func withoutPositionsTheOrderOfPatchesDoesNotMatter() throws {
    let model = try makeModel(smallConfiguration { ($0.positions, $0.registerCount) = (.none, 2) })
    let tape = Tape(.evaluating)
    let order: [Int32] = [3, 0, 5, 1, 4, 2]
    let permuted = tape.gather(patches, indices: order + order)
    let (plain, other) = (model.encode(patches, tape), model.encode(permuted, tape))
    let places: [Int32] = [0, 1, 2] + order.map { $0 + 3 }
    #expect(
      relativeError(other, to: tape.gather(plain, indices: places + places))
        <= bound(single: 1e-6, double: 1e-14))
    #expect(
      relativeError(model.features(permuted, tape), to: model.features(patches, tape))
        <= bound(single: 1e-6, double: 1e-14))
  }

  @Test func withPositionsItDoes() throws {
    let model = try makeModel(smallConfiguration())
    let tape = Tape(.evaluating)
    let permuted = tape.gather(patches, indices: [3, 0, 5, 1, 4, 2, 3, 0, 5, 1, 4, 2])
    #expect(relativeError(model.features(permuted, tape), to: model.features(patches, tape)) > 0.01)
  }

  @Test func imagesDoNotSeeEachOther() throws {
    let model = try makeModel(smallConfiguration())
    let tape = Tape(.evaluating)
    let together = rows(model.features(patches, tape))
    for sample in 0..<2 {
      let alone = model.features(patches.slice(sample..<sample + 1), tape)
      #expect(relativeError(alone.values, to: together[sample]) <= 1e-6)
    }
  }

  @Test func allPatchesVisibleIsTheWholeImage() throws {
    let model = try makeModel(smallConfiguration { $0.registerCount = 1 })
    let tape = Tape(.evaluating)
    let places = (0..<Int32(6)).map { $0 }
    let masked = model.encode(patches, visible: places + places, tape)
    #expect(relativeError(masked, to: model.encode(patches, tape)) <= 1e-6)
  }

  /// With nothing coming out of attention and MLP, the stream of a pre-norm encoder is its input.
  @Test func emptyBranchesLeaveThePreNormStreamAlone() throws {
    let model = try makeModel(smallConfiguration { $0.registerCount = 2 })
    for parameter in model.parameters.parameters
    where parameter.name.contains("attn.proj") || parameter.name.contains("mlp.fc2") {
      parameter.assign([Scalar](repeating: 0, count: parameter.value.count))
    }
    var seen: [ObservationSite: Tensor] = [:]
    let tape = Tape(.evaluating, observer: PassObserver(onResult: { seen[$0] = $1 }))
    let tokens = model.encode(patches, tape)
    func parameter(_ name: String) throws -> [Scalar] { try #require(model.parameters[name]).value.values }
    let (classToken, registers) = (try parameter("cls_token"), try parameter("reg_token"))
    let positions = try parameter("pos_embed")
    let embedded = rows(try #require(seen[.patchEmbedding(of: .encoder)]))
    var stream: [Scalar] = []
    for sample in 0..<2 {
      stream += zip(classToken, positions).map { $0 + $1 }
      stream += registers
      for patch in 0..<6 {
        let place = positions[(1 + patch) * 12..<(2 + patch) * 12]
        stream += zip(embedded[sample * 6 + patch], place).map { $0 + $1 }
      }
    }
    let blocks = (0..<2).map { ObservationSite.block($0, stack: "encoder", of: .encoder) }
    for block in blocks { #expect(try #require(seen[block]).values == stream) }
    let normed = tape.layerNorm(
      Tensor(shape: tokens.shape, values: stream), weight: model.parameters["norm.weight"].map { tape($0) },
      bias: model.parameters["norm.bias"].map { tape($0) }, epsilon: 1e-6)
    #expect(tokens.values == normed.values)
    #expect(
      Set(seen.keys) == [.patchEmbedding(of: .encoder), blocks[0], blocks[1], .finalNorm(of: .encoder)])
    #expect(Set(seen.keys.map(\.description)) == ["patch_embed", "blocks.0", "blocks.1", "norm"])
  }

  @Test func registersAndClassTokenStayOutOfTheMean() throws {
    let model = try makeModel(smallConfiguration { ($0.registerCount, $0.hasClassToken) = (3, true) })
    let tape = Tape(.evaluating)
    let tokens = model.encode(patches, tape)
    #expect(model.prefixCount == 4 && tokens.shape == [2, 10, 12])
    let mean = tape.meanTokens(tokens, 4..<10)
    #expect(model.features(patches, tape).values == mean.values)
  }

  @Test func theSeedFixesTheWeights() throws {
    func weights(_ seed: UInt64) throws -> [[Scalar]] {
      let store = ParameterStore(seed: seed)
      return try VisionTransformer(smallConfiguration(), parameters: store).parameters.parameters
        .map(\.value.values)
    }
    #expect(try weights(1) == weights(1))
    #expect(try weights(1) != weights(2))
  }
}
