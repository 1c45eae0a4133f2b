extension WeightLayout {
  /// Hugging Face's `ViTModel` and `ViTForImageClassification`.
  static let huggingFaceViT = WeightLayout(
    name: "hf-vit", title: "Hugging Face ViT", names: [.huggingFaceFive, .huggingFace],
    head: "classifier", besides: ["pooler.", "classifier.", "embeddings.mask_token"], transfer: .bicubic,
    target: LayoutTarget(
      names: .huggingFace, parts: [.otherEpsilon, .rectangularImages],
      activations: HuggingFaceFiles.activations,
      mayOmitQueryBias: true, saysPooling: false, files: HuggingFaceFiles.vit))

  /// Hugging Face's `ViTMAEForPreTraining` and `ViTMAEModel`.
  static let huggingFaceMAE = WeightLayout(
    name: "hf-mae", title: "Hugging Face ViTMAE", names: [.huggingFaceFive, .huggingFace],
    marks: [["decoder_embed.weight"]],
    // The second is what version 5 writes to files.
    decoderBlocks: ["decoder_layers", "decoder_encoder.layer"],
    besides: ["decoder.", "embeddings.mask_token"], transfer: .bicubic,
    target: LayoutTarget(
      names: .huggingFace, parts: [.otherEpsilon], activations: HuggingFaceFiles.activations,
      mayOmitQueryBias: true, saysPooling: false, prefixBesideDecoder: "vit.",
      decoder: ("decoder.", "decoder_layers"), files: HuggingFaceFiles.mae))

  /// Hugging Face's `Dinov2Model` and `Dinov2WithRegistersModel`.
  static let huggingFaceDinov2 = WeightLayout(
    name: "hf-dinov2", title: "Hugging Face Dinov2",
    names: [
      EncoderNames.huggingFaceDinov2.with {
        $0.queryKeyValue = ["attention.q_proj", "attention.k_proj", "attention.v_proj"]
        $0.projection = "attention.o_proj"
        $0.gatedHidden = ["mlp.gate_proj", "mlp.up_proj"]
        $0.gatedOutput = "mlp.down_proj"
      }, .huggingFaceDinov2,
    ],
    marks: [["layer_scale1.lambda1"]], besides: ["embeddings.mask_token", "classifier."],
    transfer: .bicubic,
    target: LayoutTarget(
      names: .huggingFaceDinov2, gate: .namedGate, parts: [.registers, .layerScale, .gate, .otherEpsilon],
      activations: HuggingFaceFiles.activations + [.swiGLU], alwaysScales: true, mayOmitQueryBias: true,
      saysPooling: false, maskToken: "embeddings.mask_token", refusal: HuggingFaceFiles.dinov2Refusal,
      files: HuggingFaceFiles.dinov2))
}

extension EncoderNames {
  /// Those of files, and of transformers up to 4.
  fileprivate static let huggingFace = EncoderNames().with {
    $0.classToken = "embeddings.cls_token"
    $0.registers = "embeddings.register_tokens"
    $0.positions = "embeddings.position_embeddings"
    $0.patchProjection = "embeddings.patch_embeddings.projection"
    $0.blocks = "encoder.layer"
    $0.norm1 = "layernorm_before"
    $0.queryKeyValue = ["query", "key", "value"].map { "attention.attention.\($0)" }
    $0.projection = "attention.output.dense"
    $0.norm2 = "layernorm_after"
    $0.hidden = "intermediate.dense"
    $0.output = "output.dense"
    $0.finalNorm = "layernorm"
  }

  /// Those of the modules of transformers 5.
  fileprivate static let huggingFaceFive = huggingFace.with {
    $0.blocks = "layers"
    $0.queryKeyValue = ["q", "k", "v"].map { "attention.\($0)_proj" }
    $0.projection = "attention.o_proj"
    $0.hidden = "mlp.fc1"
    $0.output = "mlp.fc2"
  }

  fileprivate static let huggingFaceDinov2 = huggingFace.with {
    $0.norm1 = "norm1"
    $0.scale1 = "layer_scale1.lambda1"
    $0.norm2 = "norm2"
    $0.hidden = "mlp.fc1"
    $0.output = "mlp.fc2"
    $0.gatedHidden = ["mlp.weights_in"]
    $0.gatedOutput = "mlp.weights_out"
    $0.scale2 = "layer_scale2.lambda1"
  }
}
