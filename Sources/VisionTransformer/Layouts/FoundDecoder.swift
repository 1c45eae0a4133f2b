import Platform

/// The decoder of a masked autoencoder beside an encoder of another library.
struct FoundDecoder {
  let width, depth: Int
  /// What gives each of Vitrail's parameters its values.
  let rules: [TensorRule]

  /// Looks beside an encoder; nil where there is none, or one whose MLPs are not as wide in proportion as the encoder's.
  ///
  /// - Throws: `Failure` when it is not whole.
  init?(
    beside encoder: FoundEncoder, _ encoderForm: EncoderForm, in shapes: [String: [Int]], at path: String
  ) throws(Failure) {
    let mark = "decoder_embed.weight"
    guard let name = shapes.keys.first(where: { $0.hasSuffix(mark) }), let embedding = shapes[name],
      embedding.count == 2, embedding[0] > 0
    else { return nil }
    let prefix = String(name.dropLast(mark.count))
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
    let form = DecoderForm(
      encoder: encoderForm, width: embedding[0], depth: depth,
      hiddenWidth: shapes[prefix + names.inBlock(0, "\(names.hidden).weight")]?.first ?? 0)
    guard form.fitsEncoder else { return nil }
    (width, self.depth) = (form.width, form.depth)
    rules = form.rules(names, prefix: prefix) { shapes[$0] != nil }
    try FoundEncoder.check(rules, of: shapes, encoder.layout, at: path)
  }

  /// What a run would have written of it.
  func objective(_ facts: EncoderFacts) -> [String: JSONValue] {
    var objective: [String: JSONValue] = [
      "kind": .string("mae"), "decoderWidth": .integer(width), "decoderDepth": .integer(depth),
      "decoderHeads": .integer(facts.decoderHeadCount ?? 1),
      "normalizePixels": .bool(facts.normalizesPixels ?? true),
    ]
    if let ratio = facts.maskRatio { objective["maskRatio"] = .number(ratio) }
    return objective
  }
}
