import Imaging
import Platform

/// What is wanted of the images at a path, beside the path.
public struct SourceOptions: Sendable, Equatable {
  /// The part wanted of a set that comes in parts; nil means `train`.
  public var split: DatasetSplit?
  /// Ends of the names of the files that make up one image, a channel each; empty where a file is an image.
  public var bands: [String]
  /// The share of what looks like images that may be passed over; nil where it is only counted.
  public var maximumBad: Double?
  /// What was passed over around the folder that is opened.
  var beside = PassedOver()

  /// Creates options; by default the whole of a set whose files are images.
  public init(split: DatasetSplit? = nil, bands: [String] = [], maximumBad: Double? = nil) {
    self.split = split
    self.bands = bands
    self.maximumBad = maximumBad
  }

  /// Checks the names of the bands.
  ///
  /// - Throws: `Failure` when there are too many, or when one is empty, holds a slash or comes twice.
  public func validate() throws(Failure) {
    guard bands.count <= Image.maximumChannels else {
      throw Failure(
        "\(bands.count) bands, above the limit of \(Image.maximumChannels)", at: "",
        mend: "give fewer bands")
    }
    for (index, band) in bands.enumerated() {
      guard !band.isEmpty, !band.contains("/"), !bands[..<index].contains(band) else {
        throw Failure(
          "the band '\(band)' is empty, holds a slash or comes twice", at: "",
          mend: "give the ends of file names, such as _B02.png, each once")
      }
    }
  }
}
