import Platform

/// Settings of clustering.
public struct ClusterOptions: DefaultedOptions {
  /// The number of clusters; without it, as many as classes occur.
  public var clusters: Int?
  /// Whether features are made unit vectors first.
  public var normalized = true
  /// Times the centres of k-means move, at most.
  public var maximumIterations = 300
  /// Images that are linked by Ward's criterion, at most; it takes 4·n² bytes.
  public var wardRows = 5000
  /// Images that a silhouette is taken of, at most.
  public var silhouetteRows = 5000
  /// Chooses centres to start from, and images where there are too many.
  public var seed: UInt64 = 0

  /// The defaults.
  public init() {}

  /// What each number may be.
  public static let ranges: [String: KeyRange] = [
    "clusters": .from(2, to: 1e9), "maximumIterations": .count, "wardRows": .count, "silhouetteRows": .count,
  ]
}
