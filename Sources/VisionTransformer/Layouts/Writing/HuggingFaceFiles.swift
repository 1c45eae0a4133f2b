import Platform
import Tensors

/// What transformers reads beside weights: `AutoModel.from_pretrained("FOLDER")`.
enum HuggingFaceFiles {
  /// The activations that transformers has.
  static let activations: [Activation] = [.gelu, .geluTanh, .quickGELU, .silu, .relu]

  private static let names: [Activation: String] = [
    .gelu: "gelu", .geluTanh: "gelu_pytorch_tanh", .quickGELU: "quick_gelu", .silu: "silu", .relu: "relu",
    // A gate's is SiLU's, whatever stands here.
    .swiGLU: "silu",
  ]

  @Sendable static func vit(_ written: WrittenEncoder) -> [(name: String, text: String)] {
    files(written, type: "vit", model: "ViTModel", ["intermediate_size": .integer(written.form.hiddenWidth)])
  }

  @Sendable static func mae(_ written: WrittenEncoder) -> [(name: String, text: String)] {
    var more: [String: JSONValue] = ["intermediate_size": .integer(written.form.hiddenWidth)]
    if let decoder = written.decoder {
      more.merge(decoder.facts.config) { $1 }
      more["decoder_hidden_size"] = .integer(decoder.form.width)
      more["decoder_num_hidden_layers"] = .integer(decoder.form.depth)
      more["decoder_intermediate_size"] = .integer(decoder.form.hiddenWidth)
    }
    return files(
      written, type: "vit_mae", model: written.decoder == nil ? "ViTMAEModel" : "ViTMAEForPreTraining", more)
  }

  @Sendable static func dinov2(_ written: WrittenEncoder) -> [(name: String, text: String)] {
    let registers = written.form.registerCount
    var more: [String: JSONValue] = [
      "mlp_ratio": .integer(dinov2Ratio(written.form) ?? 0),
      "use_swiglu_ffn": .bool(written.form.mlp != .plain), "use_mask_token": .bool(true),
    ]
    if registers > 0 { more["num_register_tokens"] = .integer(registers) }
    return files(
      written, type: registers > 0 ? "dinov2_with_registers" : "dinov2",
      model: registers > 0 ? "Dinov2WithRegistersModel" : "Dinov2Model", more)
  }

  @Sendable static func dinov2Refusal(_ written: WrittenEncoder) -> String? {
    dinov2Ratio(written.form) == nil
      ? "an MLP of \(written.form.hiddenWidth) for a width of \(written.form.width)" : nil
  }

  /// The whole number by which Dinov2 makes the MLP's width of the encoder's; with a gate two thirds of the product,
  /// rounded up to a multiple of 8.
  private static func dinov2Ratio(_ form: EncoderForm) -> Int? {
    (1...64).first { ratio in
      let hidden = form.width * ratio
      return form.hiddenWidth == (form.mlp == .plain ? hidden : (hidden * 2 / 3 + 7) / 8 * 8)
    }
  }

  private static func files(
    _ written: WrittenEncoder, type: String, model: String, _ more: [String: JSONValue]
  ) -> [(name: String, text: String)] {
    let (configuration, preprocessing) = (written.configuration, written.preprocessing)
    let (height, width) = (configuration.imageHeight, configuration.imageWidth)
    var config: [String: JSONValue] = [
      "model_type": .string(type), "architectures": .array([.string(model)]),
      "torch_dtype": .string("float32"),
      "hidden_size": .integer(configuration.width), "num_hidden_layers": .integer(configuration.depth),
      "num_attention_heads": .integer(configuration.headCount), "layer_norm_eps": .number(written.epsilon),
      "image_size": height == width ? .integer(height) : .array([.integer(height), .integer(width)]),
      "patch_size": .integer(configuration.patchSize), "num_channels": .integer(configuration.channels),
      "qkv_bias": .bool(written.hasQueryBias),
      "hidden_dropout_prob": .number(0), "attention_probs_dropout_prob": .number(0),
    ]
    if let name = names[configuration.activation] { config["hidden_act"] = .string(name) }
    // The shorter side is resized, then the middle is cut out: what this class of processor does.
    let processor: [String: JSONValue] = [
      "image_processor_type": .string("BitImageProcessor"),
      "do_convert_rgb": .bool(configuration.channels == 3),
      "do_resize": .bool(true), "size": .object(["shortest_edge": .integer(preprocessing.resizeShorterSide)]),
      "resample": .integer(preprocessing.filter == .bilinear ? 2 : 3),
      "do_center_crop": .bool(true),
      "crop_size": .object(["height": .integer(height), "width": .integer(width)]),
      "do_rescale": .bool(true), "rescale_factor": .number(1.0 / 255),
      "do_normalize": .bool(true), "image_mean": .array(preprocessing.mean.map(JSONValue.exact)),
      "image_std": .array(preprocessing.standardDeviation.map(JSONValue.exact)),
    ]
    return [
      ("config.json", JSONValue.object(config.merging(more) { $1 }).indentedText),
      ("preprocessor_config.json", JSONValue.object(processor).indentedText),
    ]
  }
}
