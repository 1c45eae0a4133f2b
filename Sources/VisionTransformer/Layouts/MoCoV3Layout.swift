extension WeightLayout {
  /// facebookresearch/moco-v3: timm's names below `base_encoder`, whose head is the projector.
  static let mocoV3 = WeightLayout(
    name: "moco-v3", title: "facebookresearch/moco-v3", names: [EncoderNames()],
    marks: [["base_encoder.patch_embed.proj.weight"]], besides: ["head."], facts: .meta, transfer: .bicubic)
}
