import Platform
import Tensors

/// What timm reads beside weights: `timm.create_model("local-dir:FOLDER", pretrained=True)`.
enum TimmFiles {
  @Sendable static func files(_ written: WrittenEncoder) -> [(name: String, text: String)] {
    let config = [("config.json", JSONValue.object(config(written)).indentedText)]
    return config + (written.form.hasPixelNorm ? [(PixelNormModule.name, PixelNormModule.text)] : [])
  }

  private static func config(_ written: WrittenEncoder) -> [String: JSONValue] {
    let configuration = written.configuration
    let size = [configuration.imageHeight, configuration.imageWidth]
    // timm passes over what describes a decoder.
    let decoder = written.decoder?.facts.config ?? [:]
    let encoder: [String: JSONValue] = [
      // An architecture of the same code; `model_args` say all that differs.
      "architecture": .string(
        written.form.mlp == .plain ? "vit_tiny_patch16_224" : "vit_giant_patch14_dinov2"),
      "num_classes": .integer(0), "num_features": .integer(configuration.width),
      "global_pool": .string(pooling(configuration)),
      "model_args": .object(arguments(written)),
      "pretrained_cfg": .object([
        "input_size": .array(([configuration.channels] + size).map(JSONValue.integer)),
        "fixed_input_size": .bool(true), "num_classes": .integer(0),
        "interpolation": .string(written.preprocessing.filter == .bilinear ? "bilinear" : "bicubic"),
        "crop_pct": .number(cropShare(written)), "crop_mode": .string("center"),
        "mean": .array(written.preprocessing.mean.map(JSONValue.exact)),
        "std": .array(written.preprocessing.standardDeviation.map(JSONValue.exact)),
        "first_conv": .string("patch_embed.proj"), "classifier": .string("head"),
      ]),
    ]
    return encoder.merging(decoder) { $1 }
  }

  private static func arguments(_ written: WrittenEncoder) -> [String: JSONValue] {
    let (configuration, form) = (written.configuration, written.form)
    let hidden = form.mlp == .plain ? form.hiddenWidth : 2 * form.hiddenWidth
    var arguments: [String: JSONValue] = [
      "img_size": .array([.integer(configuration.imageHeight), .integer(configuration.imageWidth)]),
      "patch_size": .integer(form.patchSize), "in_chans": .integer(form.channels),
      "embed_dim": .integer(form.width), "depth": .integer(form.depth),
      "num_heads": .integer(configuration.headCount),
      "mlp_ratio": .number(ratio(hidden, of: form.width)),
      "qkv_bias": .bool(written.hasQueryBias), "qk_norm": .bool(form.normedHeadWidth != nil),
      "init_values": form.hasLayerScale ? .number(configuration.layerScale ?? 1) : .null,
      "class_token": .bool(form.hasClassToken), "reg_tokens": .integer(form.registerCount),
      "no_embed_class": .bool(form.leadingPositions < (form.hasClassToken ? 1 : 0) + form.registerCount),
      "pre_norm": .bool(form.hasEntryNorm), "final_norm": .bool(form.hasFinalNorm),
      "fc_norm": .bool(form.normsPooled), "global_pool": .string(pooling(configuration)),
      "norm_layer": .string(written.norm == .layerNorm ? "layernorm" : "rmsnorm"),
    ]
    if let name = activationNames[configuration.activation] { arguments["act_layer"] = .string(name) }
    if form.hasPatchNorm { arguments["embed_norm_layer"] = arguments["norm_layer"] }
    return arguments
  }

  private static func pooling(_ configuration: VisionTransformerConfiguration) -> String {
    configuration.pooling == .mean ? "avg" : "token"
  }

  /// Of a gate the architecture says it.
  private static let activationNames: [Activation: String] = [
    .gelu: "gelu", .geluTanh: "gelu_tanh", .quickGELU: "quick_gelu", .silu: "silu", .relu: "relu",
  ]

  /// The quotient that timm makes `part` of, which rounds its product with `whole` down.
  private static func ratio(_ part: Int, of whole: Int) -> Double {
    let exact = Double(part) / Double(whole)
    return Int(exact * Double(whole)) == part ? exact : exact.nextUp
  }

  /// What timm makes the length of the shorter side of, which rounds its quotient down.
  private static func cropShare(_ written: WrittenEncoder) -> Double {
    let side = Double(min(written.preprocessing.height, written.preprocessing.width))
    let exact = side / Double(written.preprocessing.resizeShorterSide)
    return Int(side / exact) == written.preprocessing.resizeShorterSide ? exact : exact.nextDown
  }
}
