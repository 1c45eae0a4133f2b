import Platform

/// Settings of the k-NN vote.
public struct NearestNeighborOptions: DefaultedOptions {
  /// The numbers of neighbours to score.
  public var k: [Int] = [1, 5, 10, 20, 200]
  /// T in the vote weight exp(s/T).
  public var temperature = 0.07

  /// The defaults.
  public init() {}

  /// Checks the ranges.
  public func validate(at place: String) throws(Failure) {
    try requireOption(
      "k", k, !k.isEmpty && k.allSatisfy { $0 > 0 },
      "give one or more numbers of neighbours, each at least 1",
      at: place)
    try requireOption(
      "temperature", temperature, temperature > 0 && temperature.isFinite, "give a number above 0", at: place)
  }
}
