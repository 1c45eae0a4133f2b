import Imaging
import Records

/// What a set of images consists of. Encoded as JSON, the names here are the keys.
public struct DatasetStatistics: Codable, Sendable, Equatable {
  /// The file or folder that holds the set.
  public var path: String
  /// Images in the set.
  public var images: Int
  /// Images that were looked at; fewer than `images` when a sample was asked for.
  public var surveyed: Int
  /// Surveyed images that could be decoded; all that follows but `classes` and `unlabelled` is about these.
  public var readable: Int
  /// Bytes of the readable images as they are stored.
  public var encodedBytes: Int
  /// Bytes of their decoded samples.
  public var decodedBytes: Int
  /// The classes of the whole set, in its order, and their images.
  public var classes: [ClassCount]
  /// Images of the whole set without a class.
  public var unlabelled: Int
  /// Images of the largest class over those of the smallest that has any; absent without classes.
  public var imbalance: Double?
  /// Each kind of encoding and how many images have it, the most frequent first.
  public var encodings: [Encoding]
  /// Mean and deviation of the values, for each number of decoded channels that occurs, ascending.
  public var channels: [ChannelStatistics]
  /// What floating-point samples are as they are stored, for each number of decoded channels that such images have,
  /// ascending; empty where there are none.
  public var storedValues: [StoredValues]
  /// How many images are from files of how many pages, ascending by pages.
  public var pages: [PageCount]
  /// Columns; absent, as the two below, when no image is readable.
  public var width: Spread?
  /// Rows.
  public var height: Spread?
  /// Width over height.
  public var aspectRatio: Spread?
  /// How many images have sides between two powers of two, by width, then height; only ranges that occur.
  public var sizes: [SizeRange]
  /// How many images have an aspect ratio in each of eleven ranges.
  public var aspectRatios: [RatioRange]
  /// Groups of images with exactly the same pixels, two or more each, in the order of the set.
  public var duplicates: [[String]]
  /// Images in which no channel deviates from its mean by more than `nearConstantDeviation`.
  public var nearConstant: [String]
  /// Images that cannot be decoded.
  public var unreadable: [Unreadable]
  /// What lies at `path` and is none of the images.
  public var passedOver: PassedOver

  /// The standard deviation, of values in 0…1, up to which a channel is taken for constant: about two and a half of
  /// 256 levels.
  public static let nearConstantDeviation = 0.01

  /// Images beyond the first of each group of duplicates.
  public var redundantImages: Int { duplicates.reduce(0) { $0 + $1.count - 1 } }

  /// A class and its images.
  public struct ClassCount: Codable, Sendable, Equatable {
    /// The class.
    public var name: String
    /// Its images in the whole set.
    public var images: Int
  }

  /// How images are stored.
  public struct Encoding: Codable, Sendable, Hashable {
    /// `png`, `jpeg`, or `raw` for samples as they are.
    public var format: String
    /// Samples a pixel as stored; alpha and black are channels here.
    public var channels: Int
    /// Bits a sample, 8, 16 or, in floating point, 32; fewer than 8 count as 8.
    public var depth: Int
    /// How many images.
    public var images: Int
  }

  /// The values of all images that have this number of channels when decoded, every pixel weighing the same.
  public struct ChannelStatistics: Codable, Sendable, Equatable {
    /// Channels of the decoded image.
    public var channels: Int
    /// How many images.
    public var images: Int
    /// How many pixels.
    public var pixels: Int
    /// The mean of each channel, of values in 0…1.
    public var mean: [Double]
    /// The standard deviation of each channel (divided by the number of pixels).
    public var standardDeviation: [Double]
  }

  /// The floating-point samples of all images that have this number of channels when decoded.
  public struct StoredValues: Codable, Sendable, Equatable {
    /// Channels of the decoded image.
    public var channels: Int
    /// How many images.
    public var images: Int
    /// The least sample of each channel as it is stored; nil where there is none.
    public var minimum: [Double?]
    /// The greatest sample of each channel.
    public var maximum: [Double?]
    /// Samples without a value: not a number, or infinite.
    public var missing: Int
  }

  /// Images that are from files of this many pages.
  public struct PageCount: Codable, Sendable, Equatable {
    /// Pages of the file.
    public var pages: Int
    /// How many images.
    public var images: Int
  }

  /// Least, middle and greatest of some values; the middle of an even number is the mean of the two there.
  public struct Spread: Codable, Sendable, Equatable {
    /// The least.
    public var minimum: Double
    /// The middle.
    public var median: Double
    /// The greatest.
    public var maximum: Double
  }

  /// Images whose sides lie between bounds, both included.
  public struct SizeRange: Codable, Sendable, Equatable {
    /// Least and greatest width.
    public var minimumWidth, maximumWidth: Int
    /// Least and greatest height.
    public var minimumHeight, maximumHeight: Int
    /// How many images.
    public var images: Int
  }

  /// Images whose width over height is at least `minimum` and below `limit`; without `limit`, all above.
  public struct RatioRange: Codable, Sendable, Equatable {
    /// The least.
    public var minimum: Double
    /// What it stays below.
    public var limit: Double?
    /// How many images.
    public var images: Int
  }

  /// An image that cannot be decoded.
  public struct Unreadable: Codable, Sendable, Equatable {
    /// Where it is.
    public var path: String
    /// Why.
    public var reason: String
  }
}
