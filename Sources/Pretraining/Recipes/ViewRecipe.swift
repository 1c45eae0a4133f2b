import Imaging
import Platform

/// An entry of `data.views`: views of every image that are made alike.
public struct ViewRecipe: RangedKeys, Equatable {
  /// How many of them.
  public var count = 1
  /// Pixels, one side or [height, width]; absent: the model's.
  public var imageSize: ImageSize?
  /// What makes an image such a view, in order; absent: `data.augmentations`.
  public var augmentations: [Choice]?

  /// What each number may be.
  public static let ranges: [String: KeyRange] = [
    "count": .from(1, to: 64), "imageSize": .from(1, to: 65_536),
  ]

  /// Creates an entry.
  public init(count: Int = 1, imageSize: ImageSize? = nil, augmentations: [Choice]? = nil) {
    self.count = count
    self.imageSize = imageSize
    self.augmentations = augmentations
  }

  /// Decodes an object in which every key may be absent.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    count = try keys.decodeIfPresent(Int.self, forKey: .count) ?? 1
    imageSize = try keys.decodeIfPresent(ImageSize.self, forKey: .imageSize)
    augmentations = try keys.decodeIfPresent([Choice].self, forKey: .augmentations)
  }
}
