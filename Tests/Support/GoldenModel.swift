import Foundation
import Platform
import VisionTransformer

/// One model of `vit.json`, `placements.json` or `mae.json`: its architecture in the words of the scripts in
/// `Scripts/golden`.
public struct GoldenModel: Decodable, Sendable, CustomStringConvertible {
  /// The tensors' file.
  public let file: String
  /// Samples in the file.
  public let batch: Int
  /// Patches that stay visible, of a masked autoencoder.
  public let keep: Int?
  /// Share of patches that are masked.
  public let maskRatio: Double?
  /// Width of the decoder.
  public let decoderWidth: Int?
  /// Blocks of the decoder.
  public let decoderDepth: Int?
  /// Heads of the decoder.
  public let decoderHeads: Int?
  private let imageHeight, imageWidth, channels, patch, width, depth, heads, registers: Int
  private let patchNorm: PatchNorm
  /// Where norms stand.
  public let placement: Choice
  private let norm: Choice
  private let layerScale: Double?
  // What only some files say.
  private let mlpRatio: Double?
  private let layerNorms: [Choice]?
  private let finalNorm: Choice?
  private let queryKeyNorm: Bool?
  private let branches: Int?
  /// The optimiser step of a training, from 1, that the results are of.
  public let step: Int?
  private let positions: Positions

  /// The models that `Golden/<name>` of a test bundle lists.
  public static func all(_ name: String, in bundle: Bundle) throws -> [GoldenModel] {
    try JSONDecoder().decode([GoldenModel].self, from: Data(contentsOf: GoldenFile.url(name, in: bundle)))
  }

  /// The encoder.
  public var configuration: VisionTransformerConfiguration {
    var configuration = VisionTransformerConfiguration()
    configuration.width = width
    configuration.depth = depth
    configuration.headCount = heads
    configuration.imageHeight = imageHeight
    configuration.imageWidth = imageWidth
    configuration.patchSize = patch
    configuration.channels = channels
    configuration.registerCount = registers
    configuration.positions = positions
    configuration.patchNorm = patchNorm
    configuration.norm = norm
    configuration.placement = placement
    configuration.layerScale = layerScale
    configuration.mlpRatio = mlpRatio ?? configuration.mlpRatio
    configuration.layerNorms = layerNorms ?? []
    configuration.finalNorm = finalNorm
    configuration.queryKeyNorm = queryKeyNorm ?? false
    configuration.branchCount = branches ?? 1
    return configuration
  }

  /// The file's name.
  public var description: String { file }
}
