/// What the decoder of a masked autoencoder is made of.
struct DecoderForm {
  let encoder: EncoderForm
  let width, depth, hiddenWidth: Int

  /// What libraries call the parts beside the blocks; Vitrail's names are those of facebookresearch/mae.
  static let ours = EncoderNames().with { $0.blocks = "decoder_blocks" }

  /// Whether its MLPs are plain and as wide in proportion as the encoder's, as Vitrail's are.
  var fitsEncoder: Bool {
    hiddenWidth * encoder.width == width * encoder.hiddenWidth && encoder.mlp == .plain
  }

  /// What gives each parameter of Vitrail's decoder its values, and each tensor of a file in turn.
  func rules(
    _ names: EncoderNames, prefix: String, isThere: @escaping (String) -> Bool
  ) -> [TensorRule] {
    var builder = RuleBuilder(prefix: prefix, normsHaveBias: encoder.normsHaveBias, isThere: isThere)
    builder.addLinear("decoder_embed", "decoder_embed", outputs: width, inputs: encoder.width)
    builder.add("mask_token", "mask_token", [1, 1, width])
    builder.add(
      "decoder_pos_embed", "decoder_pos_embed",
      [1, (encoder.hasClassToken ? 1 : 0) + encoder.patchCount, width])
    let stack = RuleBuilder.Stack(
      ours: Self.ours, theirs: names, hidden: [names.hidden], output: names.output, width: width,
      hiddenWidth: hiddenWidth, isGated: false, hasLayerScale: false, normedHeadWidth: nil)
    for block in 0..<depth { builder.addBlock(block, of: stack) }
    builder.addNorm("decoder_norm", "decoder_norm", width)
    builder.addLinear(
      "decoder_pred", "decoder_pred",
      outputs: encoder.patchSize * encoder.patchSize * encoder.channels, inputs: width)
    return builder.rules
  }
}
