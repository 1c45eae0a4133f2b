/// What learns from few images a class.
public enum FewShotClassifier: String, Codable, Sendable, CaseIterable {
  /// The nearest class mean.
  case centroid
  /// The vote of nearest neighbours, as many as shots at most.
  case knn
  /// The linear probe, its penalty chosen on a part of the few; with one image a class the middle penalty.
  case linear

  /// The class of each of `queries`, features [rows, width], after learning from features [labels.count, width].
  func predictions(
    for queries: [Float], from values: [Float], labels: [Int], classCount: Int, k: Int, threads: Int
  ) -> [Int] {
    let scores: [Float]
    switch self {
    case .centroid:
      scores = ClassMeans(values: values, labels: labels, classCount: classCount)
        .cosines(of: queries, threads: threads)
    case .knn:
      let neighbors = NearestNeighbors(bank: values, width: values.count / labels.count)
        .search(queries, limit: k, threads: threads)
      scores =
        NearestNeighborVote.vote(
          neighbors, labels: labels, classCount: classCount, ks: [k],
          temperature: NearestNeighborOptions().temperature)[0]
    case .linear:
      scores = LinearProbeFit(
        values: values, labels: labels, classCount: classCount, LinearProbeOptions(), threads: threads
      ).probabilities(of: queries)
    }
    return ClassificationScores.predictions(scores, classes: classCount)
  }
}
