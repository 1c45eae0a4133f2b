import Platform

/// Settings of the k-NN vote.
public struct NearestNeighborOptions: Codable, Sendable, Equatable {
  /// The numbers of neighbours to score.
  public var k: [Int] = [1, 5, 10, 20, 200]
  /// T in the vote weight exp(s/T).
  public var temperature = 0.07

  /// The defaults.
  public init() {}

  /// Reads the keys that are given; the others keep their defaults.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    k = try keys.decodeIfPresent([Int].self, forKey: .k) ?? k
    temperature = try keys.decodeIfPresent(Double.self, forKey: .temperature) ?? temperature
  }

  func check() throws(Failure) {
    guard !k.isEmpty, k.allSatisfy({ $0 > 0 }) else {
      throw Failure(
        "\(k) are not numbers of neighbours", at: "knn.k", mend: "give one or more, each at least 1")
    }
    guard temperature > 0, temperature.isFinite else {
      throw Failure(
        "\(temperature) is not a temperature", at: "knn.temperature", mend: "give a number above 0")
    }
  }
}
