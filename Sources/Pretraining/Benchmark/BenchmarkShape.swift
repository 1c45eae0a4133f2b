import VisionTransformer

/// A model and a batch whose speed is compared across versions and machines.
public struct BenchmarkShape: Sendable {
  /// The name on the command line.
  public let name: String
  /// The encoder.
  public let encoder: VisionTransformerConfiguration
  /// The masked autoencoder's options.
  public let objective: MaskedAutoencoder.Options
  /// Samples a step.
  public let batch: Int

  private init(
    _ name: String, image: Int, patch: Int, encoder: (width: Int, depth: Int, heads: Int),
    decoder: (width: Int, depth: Int, heads: Int), batch: Int
  ) {
    self.name = name
    self.batch = batch
    var configuration = VisionTransformerConfiguration()
    configuration.imageHeight = image
    configuration.imageWidth = image
    configuration.patchSize = patch
    configuration.width = encoder.width
    configuration.depth = encoder.depth
    configuration.headCount = encoder.heads
    self.encoder = configuration
    var options = MaskedAutoencoder.Options()
    options.decoderWidth = decoder.width
    options.decoderDepth = decoder.depth
    options.decoderHeads = decoder.heads
    objective = options
  }

  /// The shapes that benchmarks name.
  public static let all = [
    BenchmarkShape("mini", image: 28, patch: 4, encoder: (128, 6, 4), decoder: (64, 1, 4), batch: 128),
    BenchmarkShape("xs", image: 32, patch: 4, encoder: (192, 12, 3), decoder: (128, 4, 4), batch: 64),
    BenchmarkShape("ti", image: 224, patch: 16, encoder: (192, 12, 3), decoder: (192, 4, 3), batch: 32),
    BenchmarkShape("s", image: 224, patch: 16, encoder: (384, 12, 6), decoder: (256, 4, 8), batch: 16),
    BenchmarkShape("b", image: 224, patch: 16, encoder: (768, 12, 12), decoder: (512, 8, 16), batch: 8),
  ]
}
