import VisionTransformer

extension ModelRecipe {
  /// The keys that describe an architecture; what conversions leave of norms and stream no key says.
  public init(_ configuration: VisionTransformerConfiguration) {
    width = configuration.width
    depth = configuration.depth
    heads = configuration.headCount
    mlpRatio = configuration.mlpRatio
    imageSize = ImageSize(height: configuration.imageHeight, width: configuration.imageWidth)
    patchSize = configuration.patchSize
    channels = configuration.channels
    norm = configuration.norm
    layerNorms = configuration.layerNorms
    finalNorm = configuration.finalNorm
    placement = configuration.placement
    queryKeyNorm = configuration.queryKeyNorm
    branches = configuration.branchCount
    stem = configuration.stem
    patchNorm = configuration.patchNorm
    patchNormFunction = configuration.patchNormFunction
    positions = configuration.positions
    rotaryBase = configuration.rotaryBase
    initializer = configuration.initializer
    pooling = configuration.pooling
    classToken = configuration.hasClassToken
    registers = configuration.registerCount
    layerScale = configuration.layerScale
    dropPath = configuration.dropPath
  }
}
