import Imaging
import Platform

/// A numbered set of images, labelled or not; a variant is one file and one line in `ImageSources.all`.
///
/// Opening a source reads its listing only; images are read one by one, from any thread.
public protocol ImageSource: Variant, Sendable {
  /// Opens `path` when it holds this kind of source; nil when it is of another kind.
  ///
  /// - Throws: `Failure` when it is of this kind, but unreadable, damaged or empty.
  static func open(path: String, options: SourceOptions) throws(Failure) -> Self?

  /// The file or folder that holds the set, as an absolute path.
  var path: String { get }
  /// Number of images; at least 1.
  var count: Int { get }
  /// The names of the classes; a label is a place in this list. Empty when nothing is labelled.
  var classNames: [String] { get }
  /// The class of an image; nil when it has none.
  func label(of index: Int) -> Int?
  /// Whether an image may have several classes, or none of those there are; `label(of:)` is nil then.
  var hasLabelSets: Bool { get }
  /// All classes of an image, ascending.
  func labels(of index: Int) -> [Int]
  /// Where an image is: its path, or `file#index`.
  func location(of index: Int) -> String
  /// What lies beside the images and is none of them; empty unless a source says otherwise.
  var passedOver: PassedOver { get }
  /// In which order training best takes the images; `uniform` unless a source says otherwise.
  var order: SampleOrder { get }
  /// The files that an image is read from; unless a source says otherwise, what `location` names before a `#`.
  func files(of index: Int) -> [String]
  /// Reads an image as it is stored; what is needed of it is decoded by the reader.
  ///
  /// - Throws: `Failure` when its data cannot be read, are no image or above the limits.
  func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader
}

extension ImageSource {
  /// An image has one class at most.
  public var hasLabelSets: Bool { false }
  /// The class of the image, if it has one.
  public func labels(of index: Int) -> [Int] { label(of: index).map { [$0] } ?? [] }
  /// Nothing was passed over.
  public var passedOver: PassedOver { PassedOver() }
  /// Any image may follow any other.
  public var order: SampleOrder { .uniform }

  /// Reads and decodes an image.
  ///
  /// - Throws: `Failure` when its data cannot be read, are damaged or above the limits.
  public func image(at index: Int, options: DecodeOptions = DecodeOptions()) throws(Failure) -> Image {
    try reader(at: index, options: options).image()
  }
}
