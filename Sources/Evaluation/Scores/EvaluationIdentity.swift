import Datasets
import Foundation
import Platform
import Records
import VisionTransformer

extension EvaluationIdentity {
  /// Tells an encoder and its sets from others.
  public init(
    _ encoder: VisionTransformer, _ extraction: FeatureExtraction,
    train: (source: any ImageSource, sets: FeatureExtraction.Sets),
    test: (source: any ImageSource, sets: FeatureExtraction.Sets)?
  ) {
    let encoding = Self.text(
      "\(Fingerprint.weights(of: encoder)) \(JSONValue.encoding(extraction.preprocessing).text) "
        + "\(extraction.decoding)")
    let sets = [train] + [test].compactMap(\.self)
    let data = Self.text(
      sets.map { source, sets in
        let images =
          sets.images ?? Fingerprint.images(of: source, decoding: extraction.decoding) { _ in }
        let features = sets.features.values.first
        let classes = features.map { "\($0.classNames) \($0.labelSets ?? $0.labels.map { [$0] })" }
        return "\(images) \(classes ?? "")"
      }.joined(separator: " | "))
    self.init(encoder: encoding, data: data)
  }

  private static func text(_ parts: String) -> String {
    let hash = ContentHash(of: parts)
    return String(format: "%016lx%016lx", hash.high, hash.low)
  }
}
