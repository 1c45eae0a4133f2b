import Imaging
import Platform

/// An encoder as a library's files beside the weights describe it.
struct WrittenEncoder {
  let configuration: VisionTransformerConfiguration
  let preprocessing: Preprocessing
  let norm: EncoderNorm
  let epsilon: Double
  let form: EncoderForm
  /// Whether the projections to queries, keys and values have a bias.
  let hasQueryBias: Bool
  let decoder: WrittenDecoder?

  /// The decoder of a masked autoencoder beside it.
  struct WrittenDecoder {
    let form: DecoderForm
    let facts: DecoderFacts
  }
}

/// What the tensors of a masked autoencoder's decoder do not tell.
public struct DecoderFacts: Sendable, Equatable {
  /// Number of attention heads.
  public let headCount: Int
  /// Whether targets are normalised patch by patch.
  public let normalizesPixels: Bool
  /// The share of patches that are hidden.
  public let maskRatio: Double

  /// Creates facts.
  public init(headCount: Int, normalizesPixels: Bool, maskRatio: Double) {
    self.headCount = headCount
    self.normalizesPixels = normalizesPixels
    self.maskRatio = maskRatio
  }

  /// What a `config.json` says of them, in the words of transformers.
  var config: [String: JSONValue] {
    [
      "decoder_num_attention_heads": .integer(headCount), "norm_pix_loss": .bool(normalizesPixels),
      "mask_ratio": .number(maskRatio),
    ]
  }
}
