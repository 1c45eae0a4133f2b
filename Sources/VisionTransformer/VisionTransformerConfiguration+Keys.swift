import Imaging
import Platform

extension VisionTransformerConfiguration: RangedKeys {
  /// All keys, in the order in which recipes are written.
  package static let keys: [ModelKey] = [
    /// A named size; width, depth and heads override it.
    ModelKey(.init("size", \.size), weights: []),
    /// Width D.
    ModelKey(
      .init("width", \.dimensions.width), weights: [.init("width", \.width)], .from(1, to: 1_048_576)),
    /// Number of blocks.
    ModelKey(
      .init("depth", \.dimensions.depth), weights: [.init("depth", \.depth)], .from(1, to: 1_048_576)),
    /// Number of heads.
    ModelKey(
      .init("heads", \.dimensions.headCount), weights: [.init("headCount", \.headCount)],
      .from(1, to: 1_048_576)),
    /// Width of the MLP's hidden layer as a multiple of D.
    ModelKey(.init("mlpRatio", \.mlpRatio), .above(0, to: 64)),
    /// The function between the layers of an MLP; `swiGLU` makes its first layer twice as high.
    ModelKey(.init("activation", \.activation)),
    /// Pixels: one side, or [height, width].
    ModelKey(
      .init("imageSize", \.imageSize),
      weights: [.init("imageHeight", \.imageHeight), .init("imageWidth", \.imageWidth)],
      .from(1, to: 65_536)),
    /// Side of a patch in pixels.
    ModelKey(.init("patchSize", \.patchSize), .from(1, to: 65_536)),
    /// 1 (gray) or 3 (RGB).
    ModelKey(.init("channels", \.channels), .from(1, to: Double(Image.maximumChannels))),
    /// The norm of the blocks.
    ModelKey(.init("norm", \.norm)),
    /// The norm of each block, where they differ: a list of as many as there are blocks.
    ModelKey(.init("layerNorms", \.layerNorms)),
    /// The norm after the last block; absent: `norm`.
    ModelKey(.init("finalNorm", \.finalNorm)),
    /// Where norms stand.
    ModelKey(.init("placement", \.placement)),
    /// Whether the tokens are normed before the first block.
    ModelKey(.init("normBeforeBlocks", \.normBeforeBlocks)),
    /// Whether the final norm is of the pooled vector instead of each token.
    ModelKey(.init("normAfterPooling", \.normAfterPooling)),
    /// Whether queries and keys are normed, head by head.
    ModelKey(.init("queryKeyNorm", \.queryKeyNorm)),
    /// Attentions, and MLPs, side by side in each block.
    ModelKey(
      .init("branches", \.branchCount), weights: [.init("branchCount", \.branchCount)], .from(1, to: 16)),
    /// How the pixels of a patch become its embedding.
    ModelKey(.init("stem", \.stem)),
    /// Norms around the stem.
    ModelKey(.init("patchNorm", \.patchNorm)),
    /// The norm that stands there.
    ModelKey(.init("patchNormFunction", \.patchNormFunction)),
    /// How tokens know their place.
    ModelKey(.init("positions", \.positions)),
    /// What `rotary2D` positions turn by.
    ModelKey(.init("rotaryBase", \.rotaryBase), .above(1, to: 1e9)),
    /// How weights start; absent: as the placement has it, `xavierUniform` for most.
    ModelKey(.init("initializer", \.initializer)),
    /// How tokens become one vector.
    ModelKey(.init("pooling", \.pooling)),
    /// Whether a class token leads the sequence.
    ModelKey(.init("classToken", \.hasClassToken), weights: [.init("hasClassToken", \.hasClassToken)]),
    /// Number of register tokens.
    ModelKey(
      .init("registers", \.registerCount), weights: [.init("registerCount", \.registerCount)],
      .from(0, to: 1024)),
    /// Start of LayerScale, or absent for none.
    ModelKey(.init("layerScale", \.layerScale), .from(0, to: 1000)),
    /// Drop-path rate of the last block.
    ModelKey(.init("dropPath", \.dropPath), .from(0, below: 1)),
    ModelKey(onlyInWeights: .init("siteNorms", \.siteNorms)),
    ModelKey(onlyInWeights: .init("stream", \.stream)),
  ]

  /// What each number of a recipe may be.
  public static let ranges = Dictionary(
    uniqueKeysWithValues: keys.compactMap { key in
      key.range.flatMap { range in key.inRecipes.map { ($0.name, range) } }
    })

  private static let recipeFields = keys.compactMap(\.inRecipes)

  /// Decodes what a recipe says under `model:`.
  public init(from decoder: any Decoder) throws { self = try Self.recipeFields.decode(from: decoder) }

  /// Encodes what a recipe says under `model:`: of width, depth and heads those that are given.
  public func encode(to encoder: any Encoder) throws { try Self.recipeFields.encode(self, to: encoder) }

  /// Whether the keys of a recipe say all of it; of norms and a stream that conversions leave they do not.
  package var isDescribedByRecipes: Bool {
    (try? StrictDecoder.decode(Self.self, from: .encoding(self), at: "")) == self
  }
}
