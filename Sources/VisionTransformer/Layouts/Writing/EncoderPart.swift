/// Parts of Vitrail's encoders for which not every library has a place.
enum EncoderPart: CaseIterable {
  case noClassToken, registers, layerScale, queryKeyNorm, pixelNorm, patchNorm, normBeforeBlocks
  case normAfterPooling, noFinalNorm, gate, rectangularImages, rmsNorm, otherEpsilon

  /// What it is, for messages.
  var what: String {
    switch self {
    case .noClassToken: "no class token"
    case .registers: "register tokens"
    case .layerScale: "LayerScale"
    case .queryKeyNorm: "norms of queries and keys"
    case .pixelNorm: "a norm of each patch's pixels (Dual PatchNorm's first)"
    case .patchNorm: "a norm of each patch's embedding (Dual PatchNorm's second)"
    case .normBeforeBlocks: "a norm of the tokens before the blocks"
    case .normAfterPooling: "a norm of the pooled vector"
    case .noFinalNorm: "no norm behind the last block"
    case .gate: "MLPs with a gate (SwiGLU)"
    case .rectangularImages: "images that are no squares"
    case .rmsNorm: "RMSNorms"
    case .otherEpsilon: "norms with an epsilon other than 1e-6"
    }
  }

  /// Those of a configuration whose norms are LayerNorms, or RMSNorms, with one epsilon.
  static func parts(
    of configuration: VisionTransformerConfiguration, _ norm: EncoderNorm, epsilon: Double
  ) -> [EncoderPart] {
    let finds: [(EncoderPart, Bool)] = [
      (.noClassToken, !configuration.hasClassToken), (.registers, configuration.registerCount > 0),
      (.layerScale, configuration.layerScale != nil), (.queryKeyNorm, configuration.queryKeyNorm),
      (.pixelNorm, configuration.patchNorm.isBefore), (.patchNorm, configuration.patchNorm.isAfter),
      (.normBeforeBlocks, configuration.normBeforeBlocks),
      (.normAfterPooling, configuration.normAfterPooling),
      (.noFinalNorm, configuration.finalNorm == "none"), (.gate, configuration.activation == .swiGLU),
      (.rectangularImages, configuration.imageHeight != configuration.imageWidth),
      (.rmsNorm, norm == .rmsNorm), (.otherEpsilon, epsilon != 1e-6),
    ]
    return finds.filter(\.1).map(\.0)
  }
}
