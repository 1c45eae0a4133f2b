import Imaging

extension WeightLayout {
  /// facebookresearch/mae: timm's names and a decoder.
  static let mae = WeightLayout(
    name: "mae", title: "facebookresearch/mae", names: [EncoderNames()], marks: [["decoder_embed.weight"]],
    decoderBlocks: ["decoder_blocks"],
    head: "head", besides: ["decoder_", "mask_token"], facts: .meta, transfer: .bicubic,
    target: LayoutTarget(
      parts: [], activations: [.gelu], decoder: ("", "decoder_blocks"), files: TimmFiles.files))
}

extension EncoderFacts {
  /// What encoders that Meta publishes have in common.
  static var meta: EncoderFacts {
    var facts = EncoderFacts()
    facts.epsilon = 1e-6
    facts.activation = .gelu
    facts.mean = Preprocessing.imageNetMean
    facts.standardDeviation = Preprocessing.imageNetStandardDeviation
    return facts
  }
}
