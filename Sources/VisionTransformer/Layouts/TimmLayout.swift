extension WeightLayout {
  /// timm's `VisionTransformer`, and DINO's and other encoders with the same names.
  static let timm = WeightLayout(
    name: "timm", title: "timm VisionTransformer", names: [EncoderNames()],
    besides: ["head.", "mask_token", "pre_logits."])
}
