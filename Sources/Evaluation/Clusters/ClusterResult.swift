import Platform

/// What clustering measured.
public struct ClusterResult: EvaluationResult, Equatable {
  /// What was measured of the clusters of one algorithm.
  public struct Algorithm: Encodable, Sendable, Equatable {
    /// Images that were clustered.
    public let rows: Int
    /// Agreement with the classes; nil without labels.
    public let agreement: ClusterAgreement?
    /// How far clusters are apart, −1…1.
    public let silhouette: Double

    func measures(_ name: String) -> [Measure] {
      let shares = agreement.map { agreement in
        [
          Measure("\(name) AMI", agreement.adjustedMutualInformation, .share),
          Measure("\(name) NMI", agreement.normalizedMutualInformation, .share),
          Measure("\(name) ARI", agreement.adjustedRandIndex, .share),
          Measure("\(name) matched accuracy", agreement.accuracy, .share),
        ]
      }
      return (shares ?? []) + [Measure("\(name) silhouette", silhouette, .number)]
    }
  }

  /// The number of clusters.
  public let clusters: Int
  /// Those of k-means.
  public let kMeans: Algorithm
  /// Those of Ward's criterion.
  public let ward: Algorithm

  /// The first measure.
  public var baseline: Double { score }
  /// Those of k-means, then of Ward's criterion: adjusted mutual information first, without labels the silhouette.
  public var measures: [Measure] { kMeans.measures("k-means") + ward.measures("Ward") }
}
