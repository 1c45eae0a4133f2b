import ArgumentParser
import Datasets
import Evaluation
import Platform
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

  /// The same for the library.
  var settings: FeatureSettings {
    FeatureSettings(
      lanes: lanes ?? MachineCapacity.coreCount, maximumBad: maxBad, decoding: decoding.options,
      cache: noCache ? nil : .standard())
  }
}
