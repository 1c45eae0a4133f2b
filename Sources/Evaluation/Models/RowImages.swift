import Datasets
import Imaging

/// The images that rows of features come from.
public struct RowImages: Sendable {
  /// The set.
  public let source: any ImageSource
  /// The number of each row's image in the set.
  public let rows: [Int]
  /// How its files are read.
  public let decoding: DecodeOptions

  /// Names the images of rows.
  public init(source: any ImageSource, rows: [Int], decoding: DecodeOptions) {
    self.source = source
    self.rows = rows
    self.decoding = decoding
  }
}
