import Imaging
import Platform
import Tensors

/// Everything that fixes a Vision Transformer's architecture: what a recipe says under `model:`, and what a weights file
/// says of its encoder.
///
/// Two are equal when they describe the same architecture, whether by a named size or by its numbers.
public struct VisionTransformerConfiguration: Sendable, Equatable {
  /// Width, depth and heads as they are written.
  var dimensions = ModelDimensions()
  /// Width of the MLP's hidden layer as a multiple of D.
  public var mlpRatio = 4.0
  /// The function between the layers of an MLP.
  public var activation = Activation.gelu
  /// Pixel rows of an image; a multiple of the patch size.
  public var imageHeight = 224
  /// Pixel columns of an image; a multiple of the patch size.
  public var imageWidth = 224
  /// Side of a patch in pixels.
  public var patchSize = 16
  /// Channels of a pixel.
  public var channels = 3
  /// Whether a class token leads the sequence.
  public var hasClassToken = true
  /// Number of register tokens (Darcet et al., 2023).
  public var registerCount = 0
  /// How tokens know their place.
  public var positions = Positions.sinCos2D
  /// What rotary positions turn by: the second pair of channels turns slower than the first by base^(4/d), and so on.
  public var rotaryBase = 100.0
  /// How tokens become one vector.
  public var pooling = Pooling.mean
  /// How the pixels of a patch become its embedding.
  public var stem = Stem.linear
  /// Norms around the stem.
  public var patchNorm = PatchNorm.dual
  /// Which norm stands there; Dual PatchNorm's is LayerNorm.
  public var patchNormFunction: Choice = "layerNorm"
  /// The norm of the blocks and after them.
  public var norm: Choice = "layerNorm"
  /// The norm of each block, where they differ; empty, or one for each.
  public var layerNorms: [Choice] = []
  /// The norm after the last block; nil means `norm`.
  public var finalNorm: Choice?
  /// Norms that differ from all of these, by the name of their site, such as `blocks.0.norm1`: what conversions leave.
  public var siteNorms: [String: Choice] = [:]
  /// What the residual stream holds: conversions change it.
  public var stream = StreamForm.full
  /// Whether the tokens are normed before the first block, positions added: the norm of CLIP (Radford et al., 2021).
  public var normBeforeBlocks = false
  /// Whether the final norm is of the pooled vector instead of each token (He et al., 2021; `fc_norm` of timm).
  public var normAfterPooling = false
  /// Where the norms of a block stand.
  public var placement: Choice = "pre"
  /// Whether queries and keys are normed, head by head (Dehghani et al., 2023).
  public var queryKeyNorm = false
  /// Attentions, and MLPs, side by side in each block (Touvron et al., 2022).
  public var branchCount = 1
  /// How weights start; nil means as the placement has it.
  public var initializer: Choice?
  /// Start of LayerScale, or nil for none.
  public var layerScale: Double?
  /// Drop-path rate of the last block.
  public var dropPath = 0.0

  /// The defaults: ViT-Ti/16 with Dual PatchNorm.
  public init() {}

  /// Height and width of an image.
  public var imageSize: ImageSize {
    get { ImageSize(height: imageHeight, width: imageWidth) }
    set { (imageHeight, imageWidth) = (newValue.height, newValue.width) }
  }

  /// How images are cut.
  public var grid: PatchGrid { grid(height: imageHeight, width: imageWidth) }

  /// How images of some size are cut.
  package func grid(height: Int, width: Int) -> PatchGrid {
    PatchGrid(height: height, width: width, channels: channels, patchSize: patchSize)
  }

  /// What tokens are before the blocks: a norm that stands there brings them into the form of the stream.
  public var entryStream: StreamForm { normBeforeBlocks ? .full : stream }

  /// Checks that the numbers fit together.
  ///
  /// - Throws: `Failure` naming the first that does not.
  public func validate() throws(Failure) {
    func require(_ holds: Bool, _ problem: String, _ remedy: String) throws(Failure) {
      if !holds { throw Failure(problem, at: "", mend: remedy) }
    }
    func requireRange(
      _ key: String, _ number: Double, _ problem: String, _ remedy: (KeyRange) -> String = { "choose \($0)" }
    ) throws(Failure) {
      guard let range = Self.ranges[key] else { preconditionFailure("no range of '\(key)'") }
      try require(range.contains(number), problem, remedy(range))
    }
    for (key, value) in [
      ("width", width), ("depth", depth), ("heads", headCount), ("patchSize", patchSize),
    ] {
      try requireRange(key, Double(value), "\(key) is \(value)")
    }
    for (name, side) in [("imageHeight", imageHeight), ("imageWidth", imageWidth)] {
      try requireRange("imageSize", Double(side), "\(name) is \(side)")
    }
    try require(
      width % headCount == 0, "\(headCount) heads do not divide the width \(width)", "choose a divisor")
    try require(
      imageHeight % patchSize == 0 && imageWidth % patchSize == 0,
      "\(imageHeight)×\(imageWidth) pixels do not divide into patches of \(patchSize)",
      "make the image size a multiple of the patch size")
    try requireRange("channels", Double(channels), "\(channels) channels") { _ in
      "choose 1 (gray), 3 (RGB), or the number of bands, up to \(Image.maximumChannels)"
    }
    try require(
      grid.count <= 1 << 16, "\(grid.count) patches an image",
      "choose larger patches, or a smaller image size")
    try require(
      grid.width * width <= 1 << 31 && grid.count * width <= 1 << 31,
      "patches of \(patchSize) pixels and a width of \(width) are too large", "choose a smaller width")
    try requireRange("registers", Double(registerCount), "\(registerCount) registers")
    try require(
      positions != .sinCos2D || width % 4 == 0,
      "sinCos2D positions need a width divisible by 4, not \(width)",
      "change the width, or choose learned positions")
    try require(
      positions != .rotary2D || width / headCount % 4 == 0,
      "rotary2D positions need heads of a width divisible by 4, not \(width / headCount)",
      "change width or heads, or choose sinCos2D positions")
    try requireRange("rotaryBase", rotaryBase, "rotaryBase is \(rotaryBase)") { _ in
      "choose above 1; 100 is usual"
    }
    try require(
      stem != .hMLP || patchSize % 4 == 0,
      "the stem hMLP cuts patches into 4 × 4 parts, which a side of \(patchSize) pixels does not allow",
      "choose a patchSize divisible by 4, or stem: linear")
    try require(
      stem != .hMLP || width % 4 == 0, "the stem hMLP needs a width divisible by 4, not \(width)",
      "change the width, or choose stem: linear")
    try require(
      stream != .compressed || width > 1, "a compressed stream of width \(width)", "choose a width above 1")
    try require(
      pooling != .classToken || hasClassToken, "class-token pooling without a class token",
      "set classToken: true, or pooling: mean")
    try require(
      layerNorms.isEmpty || layerNorms.count == depth,
      "layerNorms lists \(layerNorms.count) norms for \(depth) blocks", "give one for each block, or none")
    try requireRange("branches", Double(branchCount), "branches is \(branchCount)") {
      "choose \($0); 2 is usual"
    }
    try requireRange("dropPath", dropPath, "dropPath is \(dropPath)") { _ in "choose a rate from 0 to below 1"
    }
    try requireRange("mlpRatio", mlpRatio, "mlpRatio is \(mlpRatio)") { _ in
      "choose a ratio above 0, usually 4"
    }
    try require(
      hiddenWidth > 0, "an MLP of \(width) × \(mlpRatio) has no hidden layer", "choose a larger mlpRatio")
    try require(
      matrixScalarCount <= 0x1p33,
      "the model would have \(Int(matrixScalarCount / 1e9)) billion weights, more than the 8 billion supported",
      "choose a smaller width, depth, patchSize or image")
  }

  /// Number of scalars in the matrices and the position table, nearly all that a model has; no sum overflows.
  package var matrixScalarCount: Double {
    let (width, hidden, patch) = (Double(width), Double(hiddenWidth), Double(patchSize))
    let patchCount = (Double(imageHeight) / patch) * (Double(imageWidth) / patch)
    let streamWidth = Double(stream.streamWidth(self.width))
    let entryWidth = Double(entryStream.streamWidth(self.width))
    let table = positions.hasTable ? patchCount * entryWidth : 0
    let embedding =
      switch stem {
      case .linear: entryWidth * patch * patch * Double(channels)
      case .hMLP: width / 4 * (patch * patch / 16 * Double(channels) + width + 4 * entryWidth)
      }
    let mlpMatrices = Double(activation.inputsPerOutput + 1)
    return Double(depth) * Double(branchCount)
      * (4 * width * streamWidth + mlpMatrices * streamWidth * hidden)
      + embedding + table
  }

  /// Width of the MLP's hidden layer.
  public var hiddenWidth: Int { Int((Double(width) * mlpRatio).rounded()) }
}
