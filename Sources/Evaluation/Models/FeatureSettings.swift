import Datasets
import Imaging
import Platform
import Tensors

/// How features of images are computed, whatever the encoder.
public struct FeatureSettings: Sendable {
  /// Lanes that encode.
  public var lanes: Int
  /// The share of files that may be undecodable.
  public var maximumBad: Double
  /// How files are read.
  public var decoding: DecodeOptions
  /// Where features are kept; nil computes them all.
  public var cache: FeatureCache?

  /// Creates settings; by default a lane a core, and nothing is kept.
  public init(
    lanes: Int = MachineCapacity.coreCount, maximumBad: Double = BadImages.defaultMaximumShare,
    decoding: DecodeOptions = DecodeOptions(), cache: FeatureCache? = nil
  ) {
    self.lanes = lanes
    self.maximumBad = maximumBad
    self.decoding = decoding
    self.cache = cache
  }

  /// A pass over images.
  public func extraction(
    _ encoders: [FeatureExtraction.Encoder], _ preprocessing: Preprocessing, includesPixels: Bool = false
  ) -> FeatureExtraction {
    FeatureExtraction(
      encoders: encoders, preprocessing: preprocessing, includesPixels: includesPixels,
      team: LaneTeam(count: lanes), maximumBad: maximumBad, decoding: decoding, cache: cache)
  }
}
