import Imaging
import Platform

/// Another set, every image of which is of one of some classes that are numbered as a classifier has them.
public struct ClassifiedImages: ImageSource {
  /// The name in messages.
  public static let name = "classified"
  /// What it is, in a line.
  public static let summary = "the images of another set, their classes numbered as a classifier has them"
  /// No paper; a plain choice.
  public static let source = ""

  /// Nil: no path holds such a set.
  public static func open(path: String, options: SourceOptions) throws(Failure) -> ClassifiedImages? { nil }

  /// The classes in the given order.
  public let classNames: [String]
  private let base: any ImageSource
  // The number of each class of the other set; nil for one that has no image.
  private let numbers: [Int?]

  /// Numbers the classes of `base` by their places in `classNames`, found by name.
  ///
  /// - Throws: `Failure` when an image has no class, several, or one that is not listed.
  public init(_ base: any ImageSource, classNames: [String]) throws(Failure) {
    let places = Dictionary(classNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let numbers = base.classNames.map { places[$0] }
    for label in try Self.presentClasses(of: base) where numbers[label] == nil {
      throw Failure(
        "the class “\(base.classNames[label])” is none of the \(classNames.count) that the classifier tells apart",
        at: base.path, mend: "leave its images out, or name it in objective.classes")
    }
    self.base = base
    self.classNames = classNames
    self.numbers = numbers
  }

  /// The classes of a set that have images, in its order.
  ///
  /// - Throws: `Failure` when an image has no class or several, or all are of one.
  public static func classNames(of source: any ImageSource) throws(Failure) -> [String] {
    let present = try presentClasses(of: source)
    guard present.count > 1 else {
      throw Failure(
        "every image is of class “\(present.first.map { source.classNames[$0] } ?? "")”", at: source.path,
        mend: "give images of at least two classes")
    }
    return present.map { source.classNames[$0] }
  }

  /// The classes that images are of, ascending.
  private static func presentClasses(of source: any ImageSource) throws(Failure) -> [Int] {
    guard !source.hasLabelSets else {
      throw Failure(
        "the images have several labels each", at: source.path,
        mend: "give each image one: a column label in the list, or a folder a class")
    }
    var present = [Bool](repeating: false, count: source.classNames.count)
    for index in 0..<source.count {
      guard let label = source.label(of: index) else {
        throw Failure(
          "an image without a class: \(source.location(of: index))", at: source.path,
          mend: "put each class in its own folder, or give a list with the columns path and label")
      }
      present[label] = true
    }
    return present.indices.filter { present[$0] }
  }

  /// Where the other set is.
  public var path: String { base.path }
  /// Number of images.
  public var count: Int { base.count }
  /// What the other set passed over.
  public var passedOver: PassedOver { base.passedOver }
  /// The order of the other set.
  public var order: SampleOrder { base.order }
  /// The class of an image.
  public func label(of index: Int) -> Int? { base.label(of: index).flatMap { numbers[$0] } }
  /// Where an image is.
  public func location(of index: Int) -> String { base.location(of: index) }
  /// The files that an image is read from.
  public func files(of index: Int) -> [String] { base.files(of: index) }
  /// Reads an image.
  ///
  /// - Throws: `Failure` as the other set does.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    try base.reader(at: index, options: options)
  }
}
