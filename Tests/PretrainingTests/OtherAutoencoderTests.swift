import Foundation
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Masked autoencoders of other libraries with their decoders, against transformers in double precision.
struct OtherAutoencoderTests {
  private static let folder =
    Bundle.module.resourceURL?.appending(path: "Golden/layouts") ?? URL(filePath: "/")

  /// What `mae.pth` does not tell; transformers' files say all of it.
  private var facts: EncoderFacts {
    var facts = EncoderFacts()
    (facts.headCount, facts.decoderHeadCount, facts.normalizesPixels) = (2, 2, false)
    facts.epsilon = 1e-12
    return facts
  }

  private func golden(_ name: String) throws -> Tensor {
    let file = try SafetensorsFile(contentsOf: Self.folder.appending(path: "expected.safetensors"))
    return Tensor(shape: try #require(file.shapes[name]), values: try file.values(name))
  }

  private func open(_ name: String) throws -> (encoder: VisionTransformer, objective: MaskedAutoencoder) {
    let trained = try TrainedObjective(
      checkpoint: Self.folder.appending(path: name), facts: name == "mae.pth" ? facts : EncoderFacts())
    return (trained.encoder, try #require(trained.objective as? MaskedAutoencoder))
  }

  @Test(arguments: ["hf-mae", "mae.pth"]) func lossAndPredictions(name: String) throws {
    let model = try open(name)
    let (patches, tape) = (try golden("patches"), Tape(.evaluating))
    let mask = model.objective.mask(noise: try golden("noise").values.map { Float($0) })
    let predictions = model.objective.predictions(patches, mask, tape)
    #expect(relativeError(predictions, to: try golden("predictions")) <= bound(single: 3e-6, double: 1e-7))
    let loss = model.objective.loss(patches, mask, tape)
    #expect(
      relativeError(loss.values, to: try golden("loss").values) <= bound(single: 1e-6, double: 1e-7))
  }

  @Test func withoutTheDecodersHeadsItIsTheEncoderAlone() throws {
    var alone = facts
    alone.decoderHeadCount = nil
    let file = try ModelFile(contentsOf: Self.folder.appending(path: "mae.pth"), facts: alone)
    #expect(file.origin?.unread.contains("model.decoder_pred.weight") == true)
    #expect(throws: Failure.self) {
      try TrainedObjective(checkpoint: Self.folder.appending(path: "mae.pth"), facts: alone)
    }
  }
}
