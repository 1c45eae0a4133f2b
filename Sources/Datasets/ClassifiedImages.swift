import Imaging
import Platform

/// The images of another set that have a class, which is one of some that are numbered as a classifier has them.
public struct ClassifiedImages: ImageSource {
  /// As the other set, with the classes in the given order.
  public let facts: ImageSetFacts
  private let base: any ImageSource
  // The number of each class of the other set; nil for one that has no image.
  private let numbers: [Int?]

  /// Numbers the classes of `base` by their places in `classNames`, found by name; images without a class are left out.
  ///
  /// - Throws: `Failure` when no image has a class, one has several, or one that is not listed.
  public init(_ base: any ImageSource, classNames: [String]) throws(Failure) {
    let base = try Self.labelled(base)
    let numbers = ClassMatch(base.classNames, among: classNames).places
    for label in Self.presentClasses(of: base) where numbers[label] == nil {
      throw Failure(
        "the class “\(base.classNames[label])” is none of the \(classNames.count) that the classifier tells apart",
        at: base.path, mend: "leave its images out, or name it in objective.classes")
    }
    self.base = base
    self.numbers = numbers
    var facts = base.facts
    facts.classNames = classNames
    self.facts = facts
  }

  /// The images of a set that have a class; those without are among what it passed over.
  ///
  /// - Throws: `Failure` when no image has a class, or one has several.
  public static func labelled(_ source: any ImageSource) throws(Failure) -> any ImageSource {
    guard !source.hasLabelSets else {
      throw Failure(
        "the images have several labels each", at: source.path,
        mend: "give each image one: a column label in the list, or a folder a class")
    }
    let indices = (0..<source.count).filter { source.label(of: $0) != nil }
    guard indices.count < source.count else { return source }
    let first = indices.enumerated().first { $0 != $1 }?.offset ?? indices.count
    guard !indices.isEmpty else {
      throw Failure(
        "every image is without a class, such as \(source.location(of: first))", at: source.path,
        mend: "put each class in its own folder, or give a list with the columns path and label")
    }
    return SubsetImages(
      source, indices: indices,
      leavingOut: .init(
        kind: "images without a class", reason: "left out where classes are learned or scored",
        count: source.count - indices.count, example: source.location(of: first), isImageLike: false))
  }

  /// The classes of a set that have images, in its order.
  ///
  /// - Throws: `Failure` when no image has a class, one has several, or all are of one.
  public static func classNames(of source: any ImageSource) throws(Failure) -> [String] {
    let source = try labelled(source)
    let present = presentClasses(of: source)
    guard present.count > 1 else {
      throw Failure(
        "every image is of class “\(present.first.map { source.classNames[$0] } ?? "")”", at: source.path,
        mend: "give images of at least two classes")
    }
    return present.map { source.classNames[$0] }
  }

  /// The classes that images are of, ascending.
  private static func presentClasses(of source: any ImageSource) -> [Int] {
    var present = [Bool](repeating: false, count: source.classNames.count)
    for index in 0..<source.count {
      if let label = source.label(of: index) { present[label] = true }
    }
    return present.indices.filter { present[$0] }
  }

  /// Number of images.
  public var count: Int { base.count }
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
