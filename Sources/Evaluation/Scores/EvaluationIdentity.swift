import Datasets
import Foundation
import Platform
import VisionTransformer

/// What scores belong to: an encoder, and the images and classes that it was scored on. Two evaluations with the same
/// identity complete each other; names and places of files do not count.
public struct EvaluationIdentity: Codable, Sendable, Equatable {
  /// A fingerprint of the encoder's configuration, weights and preprocessing.
  public let encoder: String
  /// A fingerprint of both sets: what their files hold, with the classes of each.
  public let data: String

  /// Tells an encoder and its sets from others.
  public init(
    _ encoder: VisionTransformer, _ extraction: FeatureExtraction,
    train: (source: any ImageSource, sets: FeatureExtraction.Sets),
    test: (source: any ImageSource, sets: FeatureExtraction.Sets)?
  ) {
    self.encoder = Self.text(
      "\(Fingerprint.weights(of: encoder)) \(JSONValue.encoding(extraction.preprocessing).text) "
        + "\(extraction.decoding)")
    let sets = [train] + [test].compactMap(\.self)
    data = Self.text(
      sets.map { source, sets in
        let images =
          sets.images ?? Fingerprint.images(of: source, decoding: extraction.decoding) { _ in }
        let features = sets.features.values.first
        let classes = features.map { "\($0.classNames) \($0.labelSets ?? $0.labels.map { [$0] })" }
        return "\(images) \(classes ?? "")"
      }.joined(separator: " | "))
  }

  private static func text(_ parts: String) -> String {
    let hash = ContentHash(of: parts)
    return String(format: "%016lx%016lx", hash.high, hash.low)
  }
}
