import Platform

/// The decoder of a masked autoencoder beside an encoder of another library.
struct FoundDecoder {
  let width, depth: Int
  /// What gives each of Vitrail's parameters its values.
  let rules: [TensorRule]

  /// What libraries call the parts beside the blocks; Vitrail's names are those of facebookresearch/mae.
  private static let ours = EncoderNames().with { $0.blocks = "decoder_blocks" }

  /// Looks beside an encoder; nil where there is none, or one whose MLPs are not as wide in proportion as the encoder's.
  ///
  /// - Throws: `Failure` when it is not whole.
  init?(
    beside encoder: FoundEncoder, in shapes: [String: [Int]], patchCount: Int, at path: String
  ) throws(Failure) {
    let mark = "decoder_embed.weight"
    guard let name = shapes.keys.first(where: { $0.hasSuffix(mark) }), let embedding = shapes[name],
      embedding.count == 2, embedding[0] > 0
    else { return nil }
    let prefix = String(name.dropLast(mark.count))
    width = embedding[0]
    let stacks = encoder.layout.decoderBlocks.flatMap { blocks in
      encoder.layout.names.map { names in names.with { $0.blocks = blocks } }
    }
    guard
      let names = stacks.first(where: {
        shapes[prefix + $0.inBlock(0, "\($0.queryKeyValue[0]).weight")] != nil
      })
    else { return nil }
    var depth = 0
    while shapes[prefix + names.inBlock(depth, "\(names.norm1).weight")] != nil { depth += 1 }
    self.depth = depth
    let hiddenWidth = shapes[prefix + names.inBlock(0, "\(names.hidden).weight")]?.first ?? 0
    guard hiddenWidth * encoder.width == width * encoder.hiddenWidth, !encoder.isGated else { return nil }
    var builder = RuleBuilder(shapes, prefix: prefix)
    builder.addLinear("decoder_embed", "decoder_embed", outputs: width, inputs: encoder.width)
    builder.add("mask_token", "mask_token", [1, 1, width])
    builder.add(
      "decoder_pos_embed", "decoder_pos_embed", [1, (encoder.hasClassToken ? 1 : 0) + patchCount, width])
    let stack = RuleBuilder.Stack(
      ours: Self.ours, theirs: names, hidden: [names.hidden], output: names.output, width: width,
      hiddenWidth: hiddenWidth, isGated: false, hasLayerScale: false, normedHeadWidth: nil)
    for block in 0..<depth { builder.addBlock(block, of: stack) }
    builder.addNorm("decoder_norm", "decoder_norm", width)
    builder.addLinear(
      "decoder_pred", "decoder_pred",
      outputs: encoder.patchSize * encoder.patchSize * encoder.channels, inputs: width)
    try FoundEncoder.check(builder.rules, of: shapes, encoder.layout, at: path)
    rules = builder.rules
  }
}
