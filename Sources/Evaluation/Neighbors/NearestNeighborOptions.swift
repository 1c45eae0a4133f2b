import Platform

/// Settings of the k-NN vote.
public struct NearestNeighborOptions: DefaultedOptions {
  /// The numbers of neighbours to score.
  public var k: [Int] = [1, 5, 10, 20, 200]
  /// T in the vote weight exp(s/T).
  public var temperature = 0.07

  /// The defaults.
  public init() {}

  /// What each number may be.
  public static let ranges: [String: KeyRange] = ["k": .count, "temperature": .above(0, to: 1e6)]
}
