import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Conversions of models whose decoders have other names than a masked autoencoder's, and of several at once.
@Suite("Exact conversions of every decoder")
struct DecoderConversionTests {
  @Test(
    arguments: ComparingModel.masked, [nil, .rmsNorm, .crmsNorm] as [ExactConversion.StreamNorm?])
  func lossesStay(_ objective: Choice, target: ExactConversion.StreamNorm?) throws {
    let model = try ComparingModel.masked(objective) { $0.registerCount = 1 }
    model.store.randomize(seed: 4)
    var conversion = ExactConversion(of: model.encoder, at: "here")
    if let target { try conversion.convertStream(to: target) } else { conversion.fold() }
    let store = ParameterStore()
    let encoder = try VisionTransformer(conversion.configuration, parameters: store)
    let converted = try Objectives.all.select(objective, at: "here").make(encoder)
    try conversion.load(into: store)
    let batch = model.batch(3, views: 1)
    let losses = [converted, model.objective].map {
      Double($0.loss(batch, Tape(.evaluating)).scalar)
    }
    #expect(relativeError([losses[0]], [losses[1]]) <= bound(single: 1e-5, double: 1e-10))
  }
}
