import Platform
import Tensors

/// Classification from few images: a classifier learns from n train rows of each class, drawn at random some times, and
/// all test rows are scored each time.
///
/// In each draw the rows of a class come in an order that only the seed, the draw and the name of the class decide; the
/// first n are learned from, so that those of a smaller n are among those of a larger one. A class with fewer rows gives
/// all it has, in every draw. Nothing is chosen by the result.
public enum FewShot: Evaluator {
  /// What can be set.
  public typealias Options = FewShotOptions

  /// `fewShot`.
  public static let name = "fewShot"
  /// What it measures, in one line.
  public static let summary = "a classifier that learns from a few images a class: mean and spread over draws"
  /// Where the protocol comes from.
  public static let source = "Chen et al., 2019; Tian et al., 2020; Assran et al., 2022 (MSN)"

  /// Scores the test set; see the type for the protocol.
  ///
  /// - Throws: `Failure` when a set is missing or has no labels, the widths differ, or train has one class only.
  public static func evaluate(
    _ task: EvaluationTask, options: FewShotOptions, progress: ProgressHandler
  ) throws(Failure) -> FewShotResult {
    try evaluate(task, options: options, threads: MachineCapacity.coreCount, progress: progress)
  }

  package static func evaluate(
    _ given: EvaluationTask, options: FewShotOptions, threads: Int,
    progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> FewShotResult {
    try located(name) { () throws(Failure) in try options.check() }
    let task = try ClassificationTask(given, for: self)
    let (train, test) = (given.train, given.measured)
    let shots = Set(options.shots).sorted()
    var top1 = [[Double]](repeating: [], count: shots.count)
    for draw in 0..<options.draws {
      let orders = Self.orders(task, draw: draw, seed: options.seed)
      for (place, count) in shots.enumerated() {
        let done = Double(draw * shots.count + place) / Double(options.draws * shots.count)
        progress("draw \(draw + 1) of \(options.draws), \(count) images a class", done)
        let rows = orders.flatMap { $0.prefix(count) }.sorted()
        let predictions = options.classifier.predictions(
          for: test.values, from: gatheredRows(rows, of: train.values, width: train.width),
          labels: rows.map { task.trainLabels[$0] }, classCount: task.classCount, k: min(options.k, count),
          threads: threads)
        top1[place].append(task.accuracy(of: predictions))
      }
    }
    var rowsOfClass = [Int](repeating: 0, count: task.classCount)
    for label in task.trainLabels { rowsOfClass[label] += 1 }
    return FewShotResult(
      classifier: options.classifier,
      shots: zip(shots, top1).map { count, top1 in
        .init(shots: count, top1: top1, shortClasses: rowsOfClass.count { $0 < count })
      })
  }

  /// The train rows of each class in the order of a draw.
  package static func orders(_ task: ClassificationTask, draw: Int, seed: UInt64) -> [[Int]] {
    var rowsOfClass = [[Int]](repeating: [], count: task.classCount)
    for (row, label) in task.trainLabels.enumerated() { rowsOfClass[label].append(row) }
    return zip(task.classNames, rowsOfClass).map { name, rows in
      var random = RandomStream(seed: seed, purpose: .resampling, name: "few-shot \(draw) \(name)")
      return random.permutation(rows.count).map { rows[Int($0)] }
    }
  }
}
