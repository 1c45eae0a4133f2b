import Platform

/// The registry of evaluators.
public enum Evaluators {
  /// Every evaluator, in the order in which `vitrail list evaluators` shows them.
  public static let all: [any Evaluator.Type] = [
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

  /// The evaluator called `name`.
  ///
  /// - Throws: `Failure` with the nearest spelling when there is none.
  public static func named(_ name: String) throws(Failure) -> any Evaluator.Type {
    try findVariant(name, among: all, named: { $0.name }, kind: "evaluator", at: "--evaluators")
  }
}
