import ArgumentParser
import Datasets
import Evaluation
import Imaging
import Tensors

/// How features of images are computed.
struct FeatureArguments: ParsableArguments {
  @Option(help: "Lanes; default: one a core.", transform: number(in: laneRange))
  var lanes: Int?
  @Option(help: "Share of files that may be undecodable. Default: 0.05.", transform: number(in: 0.0...1))
  var maxBad = BadImages.defaultMaximumShare
  @OptionGroup var decoding: DecodingArguments
  @Flag(help: "Compute all features, and keep none in ~/.cache/vitrail/features.")
  var noCache = false

  /// A pass over images.
  func extraction(
    _ encoders: [FeatureExtraction.Encoder], _ preprocessing: Preprocessing, includesPixels: Bool
  ) -> FeatureExtraction {
    FeatureExtraction(
      encoders: encoders, preprocessing: preprocessing, includesPixels: includesPixels,
      team: LaneTeam(count: lanes ?? LaneTeam.coreCount), maximumBad: maxBad, decoding: decoding.options,
      cache: noCache ? nil : .standard())
  }
}
