import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Conversions of a masked autoencoder: its decoder has a stream of its own.
@Suite("Exact conversions of masked autoencoders")
struct AutoencoderConversionTests {
  private typealias Model = (encoder: VisionTransformer, objective: MaskedAutoencoder)

  private func declare(_ configuration: VisionTransformerConfiguration, _ store: ParameterStore) throws
    -> Model
  {
    let encoder = try VisionTransformer(configuration, parameters: store)
    var options = MaskedAutoencoder.Options()
    (options.decoderWidth, options.decoderDepth, options.decoderHeads) = (8, 2, 2)
    return (encoder, try MaskedAutoencoder(encoder: encoder, options: options, at: "here"))
  }

  private func model(_ change: (inout VisionTransformerConfiguration) -> Void = { _ in }) throws -> Model {
    var configuration = VisionTransformerConfiguration()
    (configuration.width, configuration.depth, configuration.headCount) = (12, 2, 3)
    (configuration.imageHeight, configuration.imageWidth, configuration.patchSize) = (6, 8, 2)
    change(&configuration)
    let store = ParameterStore(seed: 1)
    let model = try declare(configuration, store)
    store.randomize(seed: 4)
    return model
  }

  private func expectSame(_ after: Model, _ before: Model) {
    let patches = Tensor.random([2, 12, 12], seed: 3)
    let identity = SampleIdentity(seed: 1, epoch: 0, indices: [0, 1])
    let mask = before.objective.mask(for: identity)
    let tape = Tape(.evaluating)
    let tolerance = bound(single: 1e-5, double: 1e-10)
    #expect(
      relativeError(
        after.objective.predictions(patches, mask, tape),
        to: before.objective.predictions(patches, mask, tape))
        <= tolerance)
    #expect(
      relativeError(after.encoder.features(patches, tape), to: before.encoder.features(patches, tape))
        <= tolerance)
    let batch = MicroBatch(patches: patches, identity: identity)
    let losses = [after, before].map { Double($0.objective.loss(batch, tape).scalar) }
    #expect(relativeError([losses[0]], [losses[1]]) <= tolerance)
  }

  private func convert(
    _ model: Model, _ convert: (inout ExactConversion) throws(Failure) -> Void
  ) throws -> Model {
    var conversion = ExactConversion(of: model.encoder, at: "here")
    try convert(&conversion)
    let store = ParameterStore()
    let converted = try declare(conversion.configuration, store)
    try conversion.load(into: store)
    return converted
  }

  private static let changes: [@Sendable (inout VisionTransformerConfiguration) -> Void] = [
    { _ in }, { ($0.patchNorm, $0.positions, $0.registerCount) = (.none, .learned, 2) },
    { ($0.hasClassToken, $0.layerScale) = (false, 0.4) }, { $0.branchCount = 2 },
    { $0.layerNorms = ["layerNorm", Choice("layerNorm", options: ["epsilon": .number(0.1)])] },
  ]

  @Test(arguments: changes.indices)
  func predictionsAndFeaturesStay(example: Int) throws {
    let model = try model(Self.changes[example])
    let folded = try convert(model) { $0.fold() }
    expectSame(folded, model)
    #expect(folded.encoder.parameters["decoder_norm.weight"] == nil)
    for target in ExactConversion.StreamNorm.allCases {
      let converted = try convert(model) { (conversion) throws(Failure) in
        try conversion.convertStream(to: target)
      }
      expectSame(converted, model)
      let mask = try #require(converted.encoder.parameters["mask_token"])
      #expect(mask.value.width == (target == .crmsNorm ? 7 : 8))
    }
  }

  @Test func removedNormsLeaveNone() throws {
    let model = try model { $0.norm = "removedLayerNorm" }
    for parameter in model.encoder.parameters.parameters {
      if parameter.name.hasSuffix(".deviation") { parameter.assign([0.7, 2]) }
      if parameter.name.hasSuffix(".stage") { parameter.assign([2]) }
    }
    let folded = try convert(model) { $0.fold() }
    expectSame(folded, model)
    let left = folded.encoder.recipe.declaredNorms.filter { $0.choice != "none" }.map(\.name)
    #expect(left == ["patch_embed.pre_norm", "patch_embed.norm", "norm"])
  }
}
