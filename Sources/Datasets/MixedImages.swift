import Imaging
import Platform
import Records

/// Several sets as one, each drawn from in proportion to its weight (`SampleOrder.mixture`).
///
/// Images keep their places and are numbered set after set. Classes of equal names are one class.
public struct MixedImages: ImageSource {
  /// The paths, the classes and what was passed over of all sets; classes are in the order in which the sets name them
  /// first. Each set is taken in its own order, mixed by weight.
  public let facts: ImageSetFacts
  private let sources: [any ImageSource]
  // Where the images of each set end among all.
  private let ends: [Int]
  // The class of each set's classes.
  private let classes: [[Int]]

  /// Mixes sets, none of which is a mixture.
  ///
  /// - Parameter weights: how often each set is drawn from, beside the others; nil draws every image as often as any
  ///   other.
  /// - Throws: `Failure` when all together have more images than can be numbered, or a weight is so small that an epoch
  ///   would have no image of its set.
  public init(_ sources: [any ImageSource], weights: [Double]? = nil) throws(Failure) {
    precondition(
      !sources.isEmpty && weights?.count ?? sources.count == sources.count, "MixedImages: a weight a set")
    self.sources = sources
    var ends: [Int] = []
    for source in sources { ends.append((ends.last ?? 0) + source.count) }
    self.ends = ends
    let total = ends[ends.count - 1]
    guard total <= Int32.max else {
      throw Failure("\(total) images", at: sources[0].path, mend: "mix sets of \(Int32.max) images at most")
    }
    let weights = weights ?? sources.map { Double($0.count) }
    for (source, quota) in zip(sources, apportion(total, among: weights)) where quota == 0 {
      throw Failure(
        "a weight so small that an epoch of \(total) images has none of this set", at: source.path,
        mend: "raise the weight, or leave the set out")
    }
    let order = SampleOrder.mixture(
      sources.indices.map { number in
        SampleOrder.Part(
          samples: (ends[number] - sources[number].count)..<ends[number], weight: weights[number],
          order: sources[number].order)
      })
    var names: [String] = []
    var classes: [[Int]] = []
    for source in sources {
      let known = ClassMatch(source.classNames, among: names).places
      classes.append(
        zip(source.classNames, known).map { name, place in
          if let place { return place }
          names.append(name)
          return names.count - 1
        })
    }
    self.classes = classes
    facts = ImageSetFacts(
      path: sources.map(\.path).joined(separator: " + "), classNames: names,
      hasLabelSets: sources.contains { $0.hasLabelSets },
      passedOver: sources.reduce(into: PassedOver()) { $0.add($1.passedOver) }, order: order)
  }

  /// Images of all sets together.
  public var count: Int { ends[ends.count - 1] }

  /// The class of an image among those of all sets; nil for one without.
  public func label(of index: Int) -> Int? {
    let (number, place) = find(index)
    return sources[number].label(of: place).map { classes[number][$0] }
  }

  /// All classes of an image among those of all sets, ascending.
  public func labels(of index: Int) -> [Int] {
    let (number, place) = find(index)
    return sources[number].labels(of: place).map { classes[number][$0] }.sorted()
  }

  /// Where an image is.
  public func location(of index: Int) -> String {
    let (number, place) = find(index)
    return sources[number].location(of: place)
  }

  /// The files that an image is read from.
  public func files(of index: Int) -> [String] {
    let (number, place) = find(index)
    return sources[number].files(of: place)
  }

  /// Reads an image.
  ///
  /// - Throws: `Failure` as its set does.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    let (number, place) = find(index)
    return try sources[number].reader(at: place, options: options)
  }

  private func find(_ index: Int) -> (number: Int, place: Int) {
    let number = ends.firstAbove(index)
    return (number, index - (ends[number] - sources[number].count))
  }
}
