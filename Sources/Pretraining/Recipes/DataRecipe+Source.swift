import Datasets
import Platform

/// An entry of `data.mix`.
public struct MixedSet: RangedKeys, Equatable {
  /// The folder, the tar shards or the IDX set.
  public var path: String
  /// How often it is drawn from, beside the others; absent in all entries: every image as often as any other.
  public var weight: Double?
  /// The part of a set that comes in parts; absent: `data.split`.
  public var split: DatasetSplit?

  /// What each number may be.
  public static let ranges: [String: KeyRange] = ["weight": .above(0, to: 1e9)]

  /// Creates an entry.
  public init(path: String, weight: Double? = nil, split: DatasetSplit? = nil) {
    self.path = path
    self.weight = weight
    self.split = split
  }
}

extension DataRecipe {
  /// Opens the images to pretrain on: `path` or `mix`, without what is held out, at most `limit` of them.
  ///
  /// - Parameter isResumed: a run that was begun goes on, however much is passed over.
  /// - Throws: `Failure` when there are none, when more than `maxBad` of what looks like images is passed over, or a set
  ///   cannot be opened.
  public func openSource(isResumed: Bool = false) throws(Failure) -> any ImageSource {
    var source = try openAll(maximumBad: isResumed ? nil : maxBad)
    if let holdOut { source = try SubsetImages.split(source, holdingOut: holdOut, seed: splitSeed).kept }
    return SubsetImages.limited(to: limit, of: source)
  }

  /// Opens the images that a classifier is scored on: those of `test`, at most `limit`, or what is held out; nil without
  /// either.
  ///
  /// - Throws: `Failure` as `openSource`.
  public func openTest(isResumed: Bool = false) throws(Failure) -> (any ImageSource)? {
    let maximumBad = isResumed ? nil : maxBad
    if let test {
      let options = SourceOptions(split: .test, layout: layout, maximumBad: maximumBad)
      return SubsetImages.limited(to: limit, of: try ImageSources.open(test, options: options))
    }
    guard let holdOut else { return nil }
    let split = try SubsetImages.split(
      try openAll(maximumBad: maximumBad), holdingOut: holdOut, seed: splitSeed)
    return SubsetImages.limited(to: limit, of: split.heldOut)
  }

  private func openAll(maximumBad: Double?) throws(Failure) -> any ImageSource {
    if let path {
      return try ImageSources.open(
        path, options: SourceOptions(split: split, layout: layout, maximumBad: maximumBad))
    }
    guard let mix else {
      throw Failure("no images", at: "data.path", mend: "set data.path or data.mix, or give --data PATH")
    }
    var sources: [any ImageSource] = []
    for set in mix {
      let options = SourceOptions(split: set.split ?? split, layout: layout, maximumBad: maximumBad)
      sources.append(try ImageSources.open(set.path, options: options))
    }
    let weights = mix.compactMap(\.weight)
    return try MixedImages(sources, weights: weights.isEmpty ? nil : weights)
  }

  /// Checks the keys that choose images.
  func validateSource() throws(Failure) {
    func require(_ holds: Bool, _ key: String, _ problem: String, _ remedy: String) throws(Failure) {
      if !holds { throw Failure(problem, at: key, mend: remedy) }
    }
    if let mix {
      try require(path == nil, "mix", "both path and mix are given", "keep one of them; null removes a key")
      try require(!mix.isEmpty, "mix", "a mixture of no sets", "list at least one set: {path: …}")
      let weights = mix.compactMap(\.weight)
      try require(
        weights.isEmpty || weights.count == mix.count, "mix",
        "\(weights.count) weights for \(mix.count) sets",
        "give every set a weight, or none")
      for (number, set) in mix.enumerated() {
        try located("mix[\(number)]") { () throws(Failure) in try set.requireRanges() }
      }
    }
    try require(
      test == nil || holdOut == nil, "test", "both test and holdOut are given",
      "keep one of them; null removes a key")
  }
}
