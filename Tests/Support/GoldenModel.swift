import Foundation
import Platform
import VisionTransformer

/// One model of `vit.json` or `mae.json`: its architecture in the words of `Scripts/golden/mae.py`.
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
  private let norm, placement: String
  private let layerScale: Double?
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
    configuration.norm = Choice(norm)
    configuration.placement = Choice(placement)
    configuration.layerScale = layerScale
    return configuration
  }

  /// The file's name.
  public var description: String { file }
}
