import ArgumentParser
import Imaging

/// How image files are read, as docs/images.md says.
struct DecodingArguments: ParsableArguments {
  @Option(
    help:
      "Image files whose data end early: skip or pad (use them, gray where data are missing). Default: skip.")
  var truncated: TruncatedImages?
  @Option(
    help: "Largest image that is decoded, in pixels; default: 200000000.", transform: number(in: 1...Int.max))
  var maxPixels: Int?

  /// What was given, over the defaults.
  var options: DecodeOptions {
    let defaults = DecodeOptions()
    return DecodeOptions(
      maximumPixels: maxPixels ?? defaults.maximumPixels, truncated: truncated ?? defaults.truncated)
  }

  /// What was given, as overrides of a recipe.
  var settings: [String] {
    (truncated.map { ["data.truncated=\($0.rawValue)"] } ?? [])
      + (maxPixels.map { ["data.maxPixels=\($0)"] } ?? [])
  }
}

extension TruncatedImages: ExpressibleByArgument {}
