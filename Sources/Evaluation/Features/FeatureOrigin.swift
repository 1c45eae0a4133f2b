import Datasets
import Foundation
import Imaging
import Platform
import VisionTransformer

/// What made features: kept beside them, since those of two encoders, or of images prepared in two ways, cannot be compared.
public struct FeatureOrigin: Codable, Sendable, Equatable {
  /// A fingerprint of the encoder's configuration and weights.
  public let weights: String
  /// How images became its input.
  public let preprocessing: Preprocessing

  /// Names an encoder and its preprocessing.
  public init(_ encoder: VisionTransformer, _ preprocessing: Preprocessing) {
    let hash = Fingerprint.weights(of: encoder)
    weights = String(format: "%016lx%016lx", hash.high, hash.low)
    self.preprocessing = preprocessing
  }

  /// The file in a folder of features.
  static func file(in folder: URL) -> URL { folder.appendingPathComponent("origin.json") }

  /// What made the features in a folder; nil where nothing says so, as in folders that other programs wrote.
  public init?(of folder: URL) {
    guard let data = try? Data(contentsOf: Self.file(in: folder)),
      let found = try? JSONDecoder().decode(FeatureOrigin.self, from: data)
    else { return nil }
    self = found
  }

  /// Checks that features in two folders can be compared.
  ///
  /// - Throws: `Failure` when both say what made them, and that is not the same.
  public static func requireSame(_ first: URL, _ second: URL) throws(Failure) {
    guard let one = FeatureOrigin(of: first), let other = FeatureOrigin(of: second), one != other else {
      return
    }
    let what =
      one.weights == other.weights
      ? "images that were prepared otherwise (\(other.preprocessing.summary)) than those in \(first.path) (\(one.preprocessing.summary))"
      : "features of another encoder than those in \(first.path)"
    throw Failure(what, at: second.path, mend: "write both with vitrail embed and the same --weights")
  }
}
