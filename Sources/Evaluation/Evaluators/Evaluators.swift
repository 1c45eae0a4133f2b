import Platform

/// The registry of evaluators.
public enum Evaluators {
  /// Every evaluator, in the order in which `vitrail list evaluators` shows them.
  public static let all = Registry<any Evaluator.Type>(
    "evaluator",
    [
      LinearProbe.self,
      LinearSGD.self,
      NearestNeighborVote.self,
      NearestClassMean.self,
      FewShot.self,
      InterpolatedProbe.self,
      LayerProbe.self,
      ClusterQuality.self,
      SpectralRank.self,
      Retrieval.self,
      MultiLabelProbe.self,
    ]
  ) { $0 }
}
