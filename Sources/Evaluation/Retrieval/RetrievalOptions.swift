import Platform

/// Settings of retrieval.
public struct RetrievalOptions: DefaultedOptions {
  /// The lengths of answers in which one image of the class is enough.
  public var k = [1, 5, 10]
  /// How many of the most similar images the average precision looks at.
  public var depth = 1000

  /// The defaults.
  public init() {}

  /// What each number may be.
  public static let ranges: [String: KeyRange] = ["k": .count, "depth": .count]
}
