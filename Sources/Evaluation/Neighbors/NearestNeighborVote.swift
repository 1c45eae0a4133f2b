import Foundation
import Platform

/// The k-NN classifier of DINO: the k train rows of highest cosine similarity s vote with weight exp(s/T).
///
/// One search serves every k. A k above the number of train rows counts all of them. Of equally similar train
/// rows the lower index is nearer; of classes with equal votes the first wins. A row of zeros has s = 0 to
/// everything. Of one set each row is measured by the others: one is left out.
public enum NearestNeighborVote: Evaluator {
  /// What can be set.
  public typealias Options = NearestNeighborOptions

  /// `knn`.
  public static let name = "knn"
  /// Other names for it.
  public static let aliases = ["nearestNeighbors", "kNearestNeighbors"]
  /// What it measures, in one line.
  public static let summary = "vote of the k most similar train images, weighted by exp(cosine / T)"
  /// Where the protocol comes from.
  public static let source = "Caron et al., 2021 (DINO); Wu et al., 2018"
  /// A row of the only set is measured by all others.
  public static let worksOnOneSet = true

  /// Scores the test set, or the only one; see the type for the protocol.
  ///
  /// - Throws: `Failure` when a set has no labels, the widths differ, or train has one class only.
  public static func evaluate(
    _ task: EvaluationTask, options: NearestNeighborOptions, progress: ProgressHandler
  ) throws(Failure) -> NearestNeighborResult {
    try evaluate(task, options: options, threads: MachineCapacity.coreCount, progress: progress)
  }

  /// The share of the most frequent class among the rows that are measured.
  public static func chance(_ task: EvaluationTask) throws(Failure) -> Double? {
    try ClassificationTask(train: task.train, test: task.test ?? task.train).chance
  }

  package static func evaluate(
    _ given: EvaluationTask, options: NearestNeighborOptions, threads: Int,
    progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> NearestNeighborResult {
    try located(name) { () throws(Failure) in try options.check() }
    let (train, test) = (given.train, given.test ?? given.train)
    let task = try ClassificationTask(train: train, test: test)
    let ks = Set(options.k).sorted()
    progress("searching \(train.count) images for the neighbours of \(test.count)", 0)
    let neighbors = try NearestNeighbors.among(
      given, limit: ks[ks.count - 1], threads: threads)
    progress("voting", 0.9)
    let votes = vote(
      neighbors, labels: task.trainLabels, classCount: task.classCount, ks: ks,
      temperature: options.temperature)
    let scores = votes.map { ClassificationScores(probabilities: $0, task) }
    return NearestNeighborResult(
      scores: Dictionary(uniqueKeysWithValues: zip(ks, scores)),
      available: given.test == nil ? train.count - 1 : train.count, temperature: options.temperature)
  }

  /// For each of the ascending `ks`, the share of the vote of every class for every query, row-major
  /// `[queries, classCount]`.
  ///
  /// Weights are exp((s − s₁)/T) with s₁ the nearest neighbour's similarity: the same shares as of exp(s/T),
  /// without overflow.
  package static func vote(
    _ neighbors: NearestNeighbors.Result, labels: [Int], classCount: Int, ks: [Int], temperature: Double
  ) -> [[Float]] {
    let limit = neighbors.neighborCount
    let queryCount = neighbors.indices.count / limit
    var shares = [[Float]](repeating: [Float](repeating: 0, count: queryCount * classCount), count: ks.count)
    var votes = [Double](repeating: 0, count: classCount)
    for query in 0..<queryCount {
      for label in 0..<classCount { votes[label] = 0 }
      let nearest = Double(neighbors.similarities[query * limit])
      var counted = 0
      var total = 0.0
      for (position, k) in ks.enumerated() {
        while counted < min(k, limit) {
          let place = query * limit + counted
          let weight = exp((Double(neighbors.similarities[place]) - nearest) / temperature)
          votes[labels[neighbors.indices[place]]] += weight
          total += weight
          counted += 1
        }
        for label in 0..<classCount {
          shares[position][query * classCount + label] = Float(votes[label] / total)
        }
      }
    }
    return shares
  }
}

extension NearestNeighbors {
  /// The train rows nearest to each test row; of one set, the other rows nearest to each. Of some of these rows with
  /// `queries`.
  ///
  /// - Throws: `Failure` when there are too many rows, or only one.
  static func among(
    _ task: EvaluationTask, limit: Int, threads: Int, queries: Range<Int>? = nil
  ) throws(Failure) -> Result {
    guard task.train.count <= UInt32.max else {
      throw Failure(
        "\(task.train.count) train rows are too many to search", at: task.train.origin,
        mend: "use a part of them")
    }
    guard task.test != nil || task.train.count > 1 else {
      throw Failure("a single image has no neighbours", at: task.train.origin, mend: "give more images")
    }
    let (bank, width) = (NearestNeighbors(bank: task.train.values, width: task.train.width), task.train.width)
    let rows = queries ?? 0..<task.measured.count
    let values = Array(task.measured.values[(rows.lowerBound * width)..<(rows.upperBound * width)])
    guard task.test == nil else { return bank.search(values, limit: limit, threads: threads) }
    return bank.search(values, limit: limit + 1, threads: threads).leavingOneOut(from: rows.lowerBound)
  }
}

extension NearestNeighbors.Result {
  /// The neighbours of the bank's own rows from `first` on without each row itself; where equal rows hide it, without the
  /// last.
  func leavingOneOut(from first: Int) -> NearestNeighbors.Result {
    let rows = indices.count / neighborCount
    var kept: (similarities: [Float], indices: [Int]) = ([], [])
    for row in 0..<rows {
      let range = (row * neighborCount)..<((row + 1) * neighborCount)
      let own = range.first { indices[$0] == first + row } ?? range.upperBound - 1
      for place in range where place != own {
        kept.similarities.append(similarities[place])
        kept.indices.append(indices[place])
      }
    }
    return NearestNeighbors.Result(
      neighborCount: neighborCount - 1, similarities: kept.similarities, indices: kept.indices)
  }
}
