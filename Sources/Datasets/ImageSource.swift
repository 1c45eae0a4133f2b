import Imaging
import Platform
import Records

/// A numbered set of images, labelled or not: how many there are, their labels, where they are, and each of them.
///
/// Images are read one by one, from any thread.
public protocol ImageSource: Sendable {
  /// What there is to say of the set as a whole.
  var facts: ImageSetFacts { get }
  /// Number of images; at least 1.
  var count: Int { get }
  /// The class of an image; nil when it has none, or several.
  func label(of index: Int) -> Int?
  /// All classes of an image, ascending; by default its class, if it has one.
  func labels(of index: Int) -> [Int]
  /// Where an image is: its path, or `file#index`.
  func location(of index: Int) -> String
  /// The files that an image is read from; by default what `location` names before a `#`.
  func files(of index: Int) -> [String]
  /// Whether the file of an image may hold several pages, by its name; by default not.
  func mayHoldPages(_ index: Int) -> Bool
  /// How many pages the file of an image holds, by as few of its bytes as tell; by default 1.
  ///
  /// - Throws: `Failure` when that cannot be read.
  func pageCount(of index: Int) throws(Failure) -> Int
  /// Reads an image as it is stored; what is needed of it is decoded by the reader.
  ///
  /// - Throws: `Failure` when its data cannot be read, are no image or above the limits.
  func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader
}

/// A kind of set that a path may hold; a variant is one file and one line in `ImageSources.all`.
public protocol ImageSourceKind: ImageSource, Variant {
  /// Opens `path` when it holds this kind of set, of which its listing is read; nil when it is of another kind.
  ///
  /// - Throws: `Failure` when it is of this kind, but unreadable, damaged or empty.
  static func open(path: String, options: SourceOptions) throws(Failure) -> Self?
}

extension ImageSource {
  /// The file or folder that holds the set.
  public var path: String { facts.path }
  /// The names of the classes.
  public var classNames: [String] { facts.classNames }
  /// Whether an image may have several classes.
  public var hasLabelSets: Bool { facts.hasLabelSets }
  /// What lies beside the images and is none of them.
  public var passedOver: PassedOver { facts.passedOver }
  /// In which order training best takes the images.
  public var order: SampleOrder { facts.order }

  /// False.
  public func mayHoldPages(_: Int) -> Bool { false }
  /// 1.
  public func pageCount(of _: Int) -> Int { 1 }

  /// The class of the image, if it has one.
  public func labels(of index: Int) -> [Int] { label(of: index).map { [$0] } ?? [] }

  /// Reads and decodes an image.
  ///
  /// - Throws: `Failure` when its data cannot be read, are damaged or above the limits.
  public func image(at index: Int, options: DecodeOptions = DecodeOptions()) throws(Failure) -> Image {
    try reader(at: index, options: options).image()
  }
}
