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

  /// The decoder goes out as it came in.
  @Test(arguments: [("hf-mae", "hf-mae"), ("mae.pth", "mae")])
  func comesOutAsItCameIn(name: String, layout: String) throws {
    let folder = try TemporaryFolder()
    // `mae` takes the one epsilon that facebookresearch's code has.
    var given = facts
    given.epsilon = 1e-6
    let source = try ModelFile(
      contentsOf: Self.folder.appending(path: name), facts: name == "mae.pth" ? given : EncoderFacts())
    let exported = try ExportedModel(
      source, as: try #require(WeightLayout.all.first { $0.name == layout }),
      decoder: try TrainedObjective.decoderFacts(of: source))
    #expect(exported.notes.isEmpty, "\(exported.notes)")
    try exported.write(to: folder("out"))
    let found = try ModelFile(contentsOf: folder("out"))
    #expect(found.configuration == source.configuration)
    #expect(found.parameterNames == source.parameterNames)
    for tensor in source.parameterNames.sorted() {
      let (values, original) = (try found.file.values(of: tensor), try source.file.values(of: tensor))
      #expect(values == original, "\(tensor)")
    }
    let decoders = (
      try TrainedObjective.decoderFacts(of: found), try TrainedObjective.decoderFacts(of: source)
    )
    #expect(decoders.0 == decoders.1 && decoders.0 != nil)
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
