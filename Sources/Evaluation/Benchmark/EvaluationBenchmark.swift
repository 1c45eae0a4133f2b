import Foundation
import Platform

/// Times the k-NN search and the path of linear probes on stored features.
public struct EvaluationBenchmark: Sendable {
  /// What was measured.
  public struct Result: Encodable, Sendable, CustomStringConvertible {
    /// Train rows, test rows and features a row.
    public let train, test, width: Int
    /// Neighbours a query.
    public let neighbors: Int
    /// Seconds of the search: normalising both sides, products, selection.
    public let searchSeconds: Double
    /// Test rows whose class the nearest neighbours' plain majority gives, as a check.
    public let nearestAccuracy: Double
    /// Seconds of the whole path of penalties, from strong to weak, on all train rows.
    public let pathSeconds: Double
    /// The penalties.
    public let l2: [Double]
    /// The objective reached at each: (1/n)·Σ CE + (λ/2)·‖W‖².
    public let objectives: [Double]

    /// All of it in two lines.
    public var description: String {
      let end = objectives.last.map { String(format: "%.6f", $0) } ?? "–"
      return """
        \(test) queries against \(train) × \(width), \(neighbors) neighbours: \
        \(String(format: "%.3f", searchSeconds)) s
        \(l2.count) penalties on \(train) × \(width): \(String(format: "%.2f", pathSeconds)) s, the last objective \(end)
        """
    }
  }

  private let neighbors: Int
  private let l2: [Double]
  private let threads: Int

  /// Prepares a benchmark.
  public init(neighbors: Int = 20, l2: [Double] = LinearProbeOptions().l2, threads: Int? = nil) {
    self.neighbors = neighbors
    self.l2 = l2.sorted(by: >)
    self.threads = threads ?? MachineCapacity.coreCount
  }

  /// Runs on labelled features.
  ///
  /// - Throws: `Failure` when the sets do not fit together.
  public func run(train: Features, test: Features) throws(Failure) -> Result {
    let task = try ClassificationTask(train: train, test: test)
    var start = Clock.seconds
    let found = NearestNeighbors(bank: train.values, width: train.width)
      .search(test.values, limit: neighbors, threads: threads)
    let searchSeconds = Clock.seconds - start
    let nearest = stride(from: 0, to: found.indices.count, by: found.neighborCount)
      .map { task.trainLabels[found.indices[$0]] }

    let standardizer = Standardizer(
      values: train.values, count: train.count, width: train.width, threads: threads)
    let values = standardizer.apply(to: train.values)
    start = Clock.seconds
    let bound = CurvatureBound(
      values: values, width: train.width, classCount: task.classCount, threads: threads)
    var objective = SoftmaxObjective(
      values: values, labels: task.trainLabels, width: train.width, classCount: task.classCount, l2: 1,
      threads: threads)
    var objectives: [Double] = []
    var model: LogisticRegression?
    for penalty in l2 {
      objective.l2 = penalty
      let fit = LogisticRegression.fit(objective, bound: bound, start: model, method: LimitedMemoryBFGS())
      objectives.append(fit.objective)
      model = fit
    }
    return Result(
      train: train.count, test: test.count, width: train.width, neighbors: found.neighborCount,
      searchSeconds: searchSeconds, nearestAccuracy: task.accuracy(of: nearest),
      pathSeconds: Clock.seconds - start, l2: l2, objectives: objectives)
  }
}
