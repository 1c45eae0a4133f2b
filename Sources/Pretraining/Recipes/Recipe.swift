import Imaging
import Optimization
import Platform
import Tensors
import VisionTransformer

/// Everything that fixes a pretraining run; what a recipe file holds, with a default for every key.
public struct Recipe: Codable, Sendable, Equatable {
  /// The encoder.
  public var model = ModelRecipe()
  /// The task: a name, or a group of keys with `kind`.
  public var objective: Choice = "mae"
  /// The images and how they become input.
  public var data = DataRecipe()
  /// The optimiser: a name, or a group of keys with `kind`.
  public var optimizer: Choice = "adamW"
  /// Length, batch, rates and what is written when.
  public var train = TrainRecipe()

  /// The defaults: MAE with a tiny encoder on 224-pixel images.
  public init() {}

  /// Decodes a tree of keys over the defaults; `variants` is what it may name.
  ///
  /// - Throws: `Failure` that names `place` and the key path of what is unknown or does not fit.
  public init(
    _ tree: JSONValue, variants: RunVariants = RunVariants(), at place: String
  ) throws(Failure) {
    let full = JSONValue.encoding(Recipe()).overlaid(with: variants.registeringNames(in: tree))
    self = try StrictDecoder.decode(Recipe.self, from: full, at: place)
    try located(place, separator: ": ") { () throws(Failure) in try validate(variants) }
  }

  /// Checks what a type alone cannot.
  private func validate(_ variants: RunVariants) throws(Failure) {
    try located("model") { () throws(Failure) in
      try model.requireRanges(usual: .encoding(ModelRecipe()))
      try model.configuration.validate()
    }
    try located("train") { () throws(Failure) in try train.validate() }
    try located("data") { () throws(Failure) in try data.validate(for: model) }
    try located("model") { () throws(Failure) in
      _ = try LayerRecipe(model.configuration, variants: variants.model)
    }
    _ = try variants.optimizers.select(optimizer, at: "optimizer")
    _ = try variants.objectives.select(objective, at: "objective")
  }
}

/// The keys under `model:`.
public struct ModelRecipe: RangedKeys, Equatable {
  /// A named size; width, depth and heads override it.
  public var size = NamedSize.tiny
  /// Width D.
  public var width: Int?
  /// Number of blocks.
  public var depth: Int?
  /// Number of heads.
  public var heads: Int?
  /// Width of the MLP's hidden layer as a multiple of D.
  public var mlpRatio = 4.0
  /// Pixels: one side, or [height, width].
  public var imageSize = ImageSize(height: 224, width: 224)
  /// Side of a patch in pixels.
  public var patchSize = 16
  /// 1 (gray) or 3 (RGB).
  public var channels = 3
  /// The norm of the blocks.
  public var norm: Choice = "layerNorm"
  /// The norm of each block, where they differ: a list of as many as there are blocks.
  public var layerNorms: [Choice] = []
  /// The norm after the last block; absent: `norm`.
  public var finalNorm: Choice?
  /// Where norms stand.
  public var placement: Choice = "pre"
  /// Whether queries and keys are normed, head by head.
  public var queryKeyNorm = false
  /// Attentions, and MLPs, side by side in each block.
  public var branches = 1
  /// How the pixels of a patch become its embedding.
  public var stem = Stem.linear
  /// Norms around the stem.
  public var patchNorm = PatchNorm.dual
  /// The norm that stands there.
  public var patchNormFunction: Choice = "layerNorm"
  /// How tokens know their place.
  public var positions = Positions.sinCos2D
  /// What `rotary2D` positions turn by.
  public var rotaryBase = 100.0
  /// How weights start; absent: as the placement has it, `xavierUniform` for most.
  public var initializer: Choice?
  /// How tokens become one vector.
  public var pooling = Pooling.mean
  /// Whether a class token leads the sequence.
  public var classToken = true
  /// Number of register tokens.
  public var registers = 0
  /// Start of LayerScale, or absent for none.
  public var layerScale: Double?
  /// Drop-path rate of the last block.
  public var dropPath = 0.0

  /// The defaults.
  public init() {}

  /// What each number may be.
  public static let ranges: [String: KeyRange] = [
    "width": .from(1, to: 1_048_576), "depth": .from(1, to: 1_048_576), "heads": .from(1, to: 1_048_576),
    "mlpRatio": .above(0, to: 64), "imageSize": .from(1, to: 65_536), "patchSize": .from(1, to: 65_536),
    "channels": .from(1, to: Double(Image.maximumChannels)), "branches": .from(1, to: 16),
    "rotaryBase": .above(1, to: 1e9), "registers": .from(0, to: 1024), "layerScale": .from(0, to: 1000),
    "dropPath": .from(0, below: 1),
  ]

  /// How images of some size are cut.
  func grid(height: Int, width: Int) -> PatchGrid {
    PatchGrid(height: height, width: width, channels: channels, patchSize: patchSize)
  }

  /// The architecture that these keys describe.
  public var configuration: VisionTransformerConfiguration {
    var configuration = VisionTransformerConfiguration()
    configuration.width = width ?? size.width
    configuration.depth = depth ?? size.depth
    configuration.headCount = heads ?? size.headCount
    configuration.mlpRatio = mlpRatio
    configuration.imageHeight = imageSize.height
    configuration.imageWidth = imageSize.width
    configuration.patchSize = patchSize
    configuration.channels = channels
    configuration.norm = norm
    configuration.layerNorms = layerNorms
    configuration.finalNorm = finalNorm
    configuration.queryKeyNorm = queryKeyNorm
    configuration.branchCount = branches
    configuration.patchNormFunction = patchNormFunction
    configuration.placement = placement
    configuration.patchNorm = patchNorm
    configuration.stem = stem
    configuration.positions = positions
    configuration.rotaryBase = rotaryBase
    configuration.initializer = initializer
    configuration.pooling = pooling
    configuration.hasClassToken = classToken
    configuration.registerCount = registers
    configuration.layerScale = layerScale
    configuration.dropPath = dropPath
    return configuration
  }
}

/// Pixels of an image: `224`, or `[192, 256]` for height and width.
public struct ImageSize: Codable, Sendable, Equatable {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int

  /// Creates a size.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Decodes a number or a pair.
  public init(from decoder: any Decoder) throws {
    switch try JSONValue(from: decoder) {
    case .integer(let side):
      self.init(height: side, width: side)
    case .array(let pair):
      guard pair.count == 2, case .integer(let height) = pair[0], case .integer(let width) = pair[1] else {
        fallthrough
      }
      self.init(height: height, width: width)
    default:
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath, debugDescription: "wanted a number of pixels, or [height, width]"))
    }
  }

  /// Encodes a number when height and width are equal.
  public func encode(to encoder: any Encoder) throws {
    if height == width { try height.encode(to: encoder) } else { try [height, width].encode(to: encoder) }
  }
}
