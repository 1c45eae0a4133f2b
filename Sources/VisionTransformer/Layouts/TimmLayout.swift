import Tensors

extension WeightLayout {
  /// timm's `VisionTransformer`, and DINO's and other encoders with the same names.
  static let timm = WeightLayout(
    name: "timm", title: "timm VisionTransformer",
    names: [
      // A gate is in one layer with what it opens, or beside it.
      EncoderNames(),
      EncoderNames().with {
        $0.gatedHidden = ["mlp.fc1_g", "mlp.fc1_x"]
        $0.gatedOutput = "mlp.fc2"
      },
    ],
    head: "head", besides: ["head.", "mask_token", "pre_logits."],
    target: LayoutTarget(
      parts: Set(EncoderPart.allCases).subtracting([.otherEpsilon]), activations: Activation.allCases,
      mayOmitQueryBias: true, omitsPatchBiasBeforeNorm: true, placesRegisters: true, files: TimmFiles.files))
}
