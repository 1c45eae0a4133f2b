import Platform
import Tensors

extension ExportedModel {
  /// What a library's files say of a model.
  ///
  /// - Throws: `Failure` naming the first part for which the library has no place.
  static func describe(
    _ model: ModelFile, _ decoder: DecoderFacts?, for target: LayoutTarget, of layout: WeightLayout
  ) throws(Failure) -> WrittenEncoder {
    let configuration = model.configuration
    func refusal(_ what: String) -> Failure {
      Failure(
        "\(what): \(layout.title) has no place for it", at: model.path,
        mend: "choose another layout, or --to encoder.onnx, which keeps all")
    }
    for (what, isThere) in [
      ("the stem hMLP", configuration.stem != .linear),
      ("the placement '\(configuration.placement.name)'", configuration.placement != "pre"),
      ("\(configuration.branchCount) parallel branches", configuration.branchCount > 1),
      ("rotary positions", configuration.positions == .rotary2D),
      ("a stream without its last channel", configuration.stream == .compressed),
    ] where isThere { throw refusal(what) }
    guard target.activations.contains(configuration.activation) else {
      throw refusal("the activation '\(configuration.activation.rawValue)'")
    }
    let (norm, epsilon, hasBias) = try norms(of: model, refusal)
    for part in EncoderPart.parts(of: configuration, norm, epsilon: epsilon)
    where !target.parts.contains(part) {
      throw refusal(part.what)
    }
    let form = try form(of: model, for: target, normsHaveBias: hasBias)
    var hasQueryBias = !target.mayOmitQueryBias
    for block in 0..<form.depth where !hasQueryBias {
      let name = EncoderNames().inBlock(block, "\(EncoderNames().queryKeyValue[0]).bias")
      hasQueryBias = try model.file.values(of: name).contains { $0 != 0 }
    }
    let written = WrittenEncoder(
      configuration: configuration, preprocessing: model.preprocessing, norm: norm, epsilon: epsilon,
      form: form, hasQueryBias: hasQueryBias,
      decoder: target.decoder.flatMap { _ in decoder.flatMap { Self.decoder($0, of: model, beside: form) } })
    if let problem = target.refusal(written) { throw refusal(problem) }
    return written
  }

  /// The one kind of its norms.
  private static func norms(
    of model: ModelFile, _ refusal: (String) -> Failure
  ) throws(Failure) -> (EncoderNorm, epsilon: Double, hasBias: Bool) {
    let store = ParameterStore()
    store.drawsInitialValues = false
    let declared = try VisionTransformer(model.configuration, parameters: store, place: model.path).recipe
      .declaredNorms
    var found: (norm: EncoderNorm, epsilon: Double, hasBias: Bool)?
    for site in declared where site.choice.name != NoNorm.name {
      guard let norm = EncoderNorm(rawValue: site.choice.name) else {
        throw refusal("the norm '\(site.choice.name)'")
      }
      let epsilon = site.options["epsilon"]?.number ?? LayerNorm.Options().epsilon
      // A LayerNorm without β is one whose β is 0; an RMSNorm with one is another norm.
      let hasBias = norm == .layerNorm || site.options["bias"] == .bool(true)
      if norm == .rmsNorm && hasBias { throw refusal("RMSNorms with a bias") }
      guard found.map({ $0 == (norm, epsilon, hasBias) }) ?? true else {
        throw refusal("norms that differ from each other (\(site.name))")
      }
      found = (norm, epsilon, hasBias)
    }
    return found ?? (.layerNorm, LayerNorm.Options().epsilon, true)
  }

  private static func form(
    of model: ModelFile, for target: LayoutTarget, normsHaveBias: Bool
  ) throws(Failure) -> EncoderForm {
    let configuration = model.configuration
    let classRows = configuration.hasClassToken ? 1 : 0
    var leading = classRows
    if configuration.registerCount > 0 && target.placesRegisters {
      // Where the class token has no position either, the table is that of the patches alone.
      let table = EncoderNames().positions
      let ofClass =
        configuration.positions.hasTable && classRows == 1
        ? try model.file.values(of: table).prefix(configuration.width) : []
      leading = ofClass.allSatisfy { $0 == 0 } ? 0 : classRows + configuration.registerCount
    }
    return EncoderForm(
      width: configuration.width, channels: configuration.channels, patchSize: configuration.patchSize,
      depth: configuration.depth, hiddenWidth: configuration.hiddenWidth,
      patchCount: configuration.grid.count, hasClassToken: configuration.hasClassToken,
      registerCount: configuration.registerCount, leadingPositions: leading,
      mlp: configuration.activation == .swiGLU ? target.gate : .plain,
      hasLayerScale: configuration.layerScale != nil || target.alwaysScales,
      hasPixelNorm: configuration.patchNorm.isBefore, hasPatchNorm: configuration.patchNorm.isAfter,
      hasEntryNorm: configuration.normBeforeBlocks, hasFinalNorm: configuration.finalNorm != "none",
      normsPooled: configuration.normAfterPooling, normsHaveBias: normsHaveBias,
      normedHeadWidth: configuration.queryKeyNorm ? configuration.width / configuration.headCount : nil)
  }

  /// The decoder of a masked autoencoder; nil where a file has none, or one unlike these of other libraries.
  private static func decoder(
    _ facts: DecoderFacts, of model: ModelFile, beside encoder: EncoderForm
  ) -> WrittenEncoder.WrittenDecoder? {
    let (shapes, ours) = (model.file.shapes, DecoderForm.ours)
    guard let width = shapes["decoder_embed.weight"]?.first else { return nil }
    var depth = 0
    while shapes[ours.inBlock(depth, "\(ours.norm1).weight")] != nil { depth += 1 }
    let hidden = shapes[ours.inBlock(0, "\(ours.hidden).weight")]?.first ?? 0
    let form = DecoderForm(encoder: encoder, width: width, depth: depth, hiddenWidth: hidden)
    guard depth > 0, form.fitsEncoder else { return nil }
    return WrittenEncoder.WrittenDecoder(form: form, facts: facts)
  }
}
