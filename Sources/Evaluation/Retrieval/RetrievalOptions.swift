import Platform

/// Settings of retrieval.
public struct RetrievalOptions: DefaultedOptions {
  /// The lengths of answers in which one image of the class is enough.
  public var k = [1, 5, 10]
  /// How many of the most similar images the average precision looks at.
  public var depth = 1000

  /// The defaults.
  public init() {}

  /// Checks the ranges.
  public func validate(at place: String) throws(Failure) {
    try requireOption(
      "k", k, !k.isEmpty && k.allSatisfy { $0 > 0 }, "give one or more lengths, each at least 1", at: place)
    try requireOption("depth", depth, depth > 0, "give at least 1", at: place)
  }
}
