extension WeightLayout {
  /// facebookresearch/dinov2: timm's names, registers of another name, and a mask token [1, D].
  static let dinov2 = WeightLayout(
    name: "dinov2", title: "facebookresearch/dinov2",
    names: [EncoderNames().with { $0.registers = "register_tokens" }],
    marks: [["register_tokens"], ["mask_token", "ls1.gamma"]], besides: ["mask_token", "head."], facts: .meta,
    transfer: .offsetBicubic,
    target: LayoutTarget(
      names: EncoderNames().with { $0.registers = "register_tokens" }, gate: .namedGate,
      parts: [.registers, .layerScale, .gate], activations: [.gelu, .swiGLU], alwaysScales: true,
      maskToken: "mask_token", files: TimmFiles.files))
}
