import Foundation
import Platform

/// The k-NN classifier of DINO: the k train rows of highest cosine similarity s vote with weight exp(s/T).
///
/// One search serves every k. A k above the number of train rows counts all of them. Of equally similar train
/// rows the lower index is nearer; of classes with equal votes the first wins. A row of zeros has s = 0 to
/// everything.
public enum NearestNeighborVote: Evaluator {
  /// `knn`.
  public static let name = "knn"
  /// What it measures, in one line.
  public static let summary = "vote of the k most similar train images, weighted by exp(cosine / T)"
  /// Where the protocol comes from.
  public static let source = "Caron et al., 2021 (DINO); Wu et al., 2018"
  /// The default options.
  public static let defaults = NearestNeighborOptions()

  /// Scores `test`; see the type for the protocol.
  ///
  /// - Throws: `Failure` when an option is out of range, a set has no labels, the widths differ, or train
  ///   has one class only.
  public static func evaluate(
    train: Features, test: Features, options: NearestNeighborOptions, progress: ProgressHandler
  ) throws(Failure) -> NearestNeighborResult {
    try evaluate(
      train: train, test: test, options: options, threads: defaultThreadCount, progress: progress)
  }

  package static func evaluate(
    train: Features, test: Features, options: NearestNeighborOptions, threads: Int,
    progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> NearestNeighborResult {
    try options.check()
    let task = try ClassificationTask(train: train, test: test)
    guard train.count <= UInt32.max else {
      throw Failure(
        "\(train.count) train rows are too many to search", at: train.origin, mend: "use a part of them")
    }
    let ks = Set(options.k).sorted()
    progress("searching \(train.count) images for the neighbours of \(test.count)", 0)
    let neighbors = NearestNeighbors(bank: train.values, width: train.width)
      .search(test.values, limit: ks[ks.count - 1], threads: threads)
    progress("voting", 0.9)
    let predictions = vote(
      neighbors, labels: task.trainLabels, classCount: task.classCount, ks: ks,
      temperature: options.temperature)
    let accuracies = zip(ks, predictions).map { ($0, task.accuracy(of: $1)) }
    return NearestNeighborResult(
      top1: Dictionary(uniqueKeysWithValues: accuracies), temperature: options.temperature)
  }

  /// For each of the ascending `ks`, the class that wins the vote for every query.
  ///
  /// Weights are exp((s − s₁)/T) with s₁ the nearest neighbour's similarity: the same winner as exp(s/T),
  /// without overflow.
  package static func vote(
    _ neighbors: NearestNeighbors.Result, labels: [Int], classCount: Int, ks: [Int], temperature: Double
  ) -> [[Int]] {
    let limit = neighbors.neighborCount
    let queryCount = neighbors.indices.count / limit
    var winners = [[Int]](repeating: [Int](repeating: 0, count: queryCount), count: ks.count)
    var votes = [Double](repeating: 0, count: classCount)
    for query in 0..<queryCount {
      for label in 0..<classCount { votes[label] = 0 }
      let nearest = Double(neighbors.similarities[query * limit])
      var counted = 0
      for (position, k) in ks.enumerated() {
        while counted < min(k, limit) {
          let place = query * limit + counted
          votes[labels[neighbors.indices[place]]] +=
            exp((Double(neighbors.similarities[place]) - nearest) / temperature)
          counted += 1
        }
        var best = 0
        for label in 1..<classCount where votes[label] > votes[best] { best = label }
        winners[position][query] = best
      }
    }
    return winners
  }
}
