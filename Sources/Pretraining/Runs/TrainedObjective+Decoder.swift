import Platform
import VisionTransformer

extension TrainedObjective {
  /// What the recipe in a checkpoint says of a masked autoencoder's decoder; nil where there is none.
  ///
  /// - Throws: `Failure` when the recipe is not readable.
  public static func decoderFacts(of file: ModelFile) throws(Failure) -> DecoderFacts? {
    guard file.file.shapes["decoder_embed.weight"] != nil, file.file.metadata["recipe"] != nil else {
      return nil
    }
    let choice = try recipe(of: file, at: file.path).objective
    let selection = try Objectives.all.select(choice, at: "\(file.path), objective")
    guard selection.type is MaskedAutoencoder.Type else { return nil }
    let options = selection.options(of: MaskedAutoencoder.self)
    return DecoderFacts(
      headCount: options.decoderHeads, normalizesPixels: options.normalizePixels, maskRatio: options.maskRatio
    )
  }
}
