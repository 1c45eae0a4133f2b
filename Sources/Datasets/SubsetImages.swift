import Imaging
import Platform
import Records

/// Some images of another set, in their order there.
public struct SubsetImages: ImageSource {
  private let base: any ImageSource
  private let indices: [Int32]
  /// As the other set, in its order without the images that are left out. Passed over is also what was left out for a
  /// reason that is said.
  public let facts: ImageSetFacts

  /// Takes the images `indices` of `base`, ascending and not empty; `leavingOut` says why others are not among them.
  public init(_ base: any ImageSource, indices: [Int], leavingOut: PassedOver.Entry? = nil) {
    precondition(
      !indices.isEmpty && zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 }
        && indices[0] >= 0 && indices[indices.count - 1] < base.count,
      "SubsetImages: numbers of images, ascending")
    self.base = base
    self.indices = indices.map { Int32($0) }
    var facts = base.facts
    if let leavingOut { facts.passedOver.add(leavingOut) }
    facts.order = facts.order.restricted(to: self.indices[...])
    self.facts = facts
  }

  /// `limit` images of `source` drawn at random, each class by its share (largest remainders); all when there are no
  /// more.
  public static func limited(to limit: Int?, of source: any ImageSource, seed: UInt64 = 0) -> any ImageSource
  {
    guard let limit, limit < source.count else { return source }
    let rows = StratifiedSplit.sample(
      limit, of: labels(of: source), classCount: source.classNames.count, seed: seed)
    return SubsetImages(source, indices: rows)
  }

  /// Cuts `source` in two at random, `share` of each class (largest remainders) into the second part.
  ///
  /// - Throws: `Failure` when a part would be empty.
  public static func split(
    _ source: any ImageSource, holdingOut share: Double, seed: UInt64 = 0
  ) throws(Failure) -> (kept: any ImageSource, heldOut: any ImageSource) {
    precondition(share > 0 && share < 1, "SubsetImages: a share of \(share)")
    let split = StratifiedSplit(
      labels: labels(of: source), classCount: source.classNames.count, share: share, seed: seed)
    guard !split.fit.isEmpty, !split.heldOut.isEmpty else {
      throw Failure(
        "\(source.count) images cannot be split so that a share of \(share) is held out", at: source.path,
        mend: "choose a share that holds out at least one image of a class of two, or give more images")
    }
    return (SubsetImages(source, indices: split.fit), SubsetImages(source, indices: split.heldOut))
  }

  private static func labels(of source: any ImageSource) -> [Int?] {
    (0..<source.count).map { source.label(of: $0) }
  }

  /// Number of images in the subset.
  public var count: Int { indices.count }
  /// The class of an image; nil for one without.
  public func label(of index: Int) -> Int? { base.label(of: Int(indices[index])) }
  /// All classes of an image.
  public func labels(of index: Int) -> [Int] { base.labels(of: Int(indices[index])) }
  /// Where an image is.
  public func location(of index: Int) -> String { base.location(of: Int(indices[index])) }
  /// The files that an image is read from.
  public func files(of index: Int) -> [String] { base.files(of: Int(indices[index])) }
  /// Reads an image.
  ///
  /// - Throws: `Failure` as the other set does.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    try base.reader(at: Int(indices[index]), options: options)
  }
}
