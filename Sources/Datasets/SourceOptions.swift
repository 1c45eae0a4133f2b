import Platform
import Records

/// What is wanted of the images at a path, beside the path.
public struct SourceOptions: Sendable, Equatable {
  /// The part wanted of a set that comes in parts; nil means `train`.
  public var split: DatasetSplit?
  /// How files make up images.
  public var layout: FileLayout
  /// The share of what looks like images that may be passed over; nil where it is only counted.
  public var maximumBad: Double?
  /// What was passed over around the folder that is opened.
  var beside = PassedOver()

  /// Creates options; by default the whole of a set whose files are images.
  public init(
    split: DatasetSplit? = nil, layout: FileLayout = FileLayout(), maximumBad: Double? = nil
  ) {
    self.split = split
    self.layout = layout
    self.maximumBad = maximumBad
  }
}
