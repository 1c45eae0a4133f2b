import Platform

/// Retrieval: each test row asks for the train rows of its class, which are ranked by cosine similarity; of one set, for
/// the other rows.
///
/// Recall at k is the share of queries with a row of their class among the first k. The average precision of a query is
/// the mean of the precisions at the places of its relevant rows among the first `depth`, over min(relevant rows,
/// `depth`); of all train rows where there are no more. A query without any relevant row counts 0 in both. Of equally
/// similar rows the lower index comes first.
public enum Retrieval: Evaluator {
  /// What can be set.
  public typealias Options = RetrievalOptions

  /// `retrieval`.
  public static let name = "retrieval"
  /// What it measures, in one line.
  public static let summary =
    "whether the most similar images are of the same class: recall at k, mean average precision"
  /// Where the protocol comes from.
  public static let source = "Oh Song et al., 2016; Musgrave et al., 2020"
  /// A row of the only set asks for the others.
  public static let worksOnOneSet = true

  private static let shownQueries = 10
  private static let shownNeighbors = 9

  /// Scores the test set, or the only one; see the type for the protocol.
  ///
  /// - Throws: `Failure` when a set has no labels, the widths differ, or train has one class only.
  public static func evaluate(
    _ task: EvaluationTask, options: RetrievalOptions, progress: ProgressHandler
  ) throws(Failure) -> RetrievalResult {
    try evaluate(task, options: options, threads: MachineCapacity.coreCount, progress: progress)
  }

  package static func evaluate(
    _ given: EvaluationTask, options: RetrievalOptions, threads: Int,
    progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> RetrievalResult {
    try located(name) { () throws(Failure) in try options.check() }
    let task = try ClassificationTask(train: given.train, test: given.measured)
    let ks = Set(options.k).sorted()
    let limit = max(options.depth, ks[ks.count - 1])
    let leavesOneOut = given.test == nil
    let relevant = relevantRows(task, leavesOneOut: leavesOneOut)
    let shown = Set(spreadQueries(task))
    var recalled = [Int](repeating: 0, count: ks.count)
    var precisions: [Double] = []
    var (queries, found): ([Int], [[Int]]) = ([], [])
    // So many queries at once that their neighbours need some tens of megabytes.
    for block in rowRanges(count: given.measured.count, multiple: 4096) {
      progress(
        "searching \(given.train.count) images for the classes of \(given.measured.count)",
        Double(block.lowerBound) / Double(given.measured.count))
      let neighbors = try NearestNeighbors.among(given, limit: limit, threads: threads, queries: block)
      for (place, query) in block.enumerated() {
        let start = place * neighbors.neighborCount
        let rows = neighbors.indices[start..<(start + neighbors.neighborCount)]
        if shown.contains(query) {
          queries.append(query)
          found.append(Array(rows.prefix(shownNeighbors)))
        }
        let label = task.testLabels[query]
        let isRelevant = rows.map { task.trainLabels[$0] == label }
        let first = isRelevant.firstIndex(of: true) ?? .max
        for (index, k) in ks.enumerated() where first < k { recalled[index] += 1 }
        precisions.append(
          AveragePrecision.of(ranking: isRelevant.prefix(options.depth), relevantCount: relevant[query]))
      }
    }
    let count = Double(precisions.count)
    return RetrievalResult(
      recall: Dictionary(uniqueKeysWithValues: zip(ks, recalled.map { Double($0) / count })),
      meanAveragePrecision: precisions.reduce(0, +) / count, depth: min(options.depth, given.train.count),
      available: leavesOneOut ? given.train.count - 1 : given.train.count,
      queries: queries, found: found)
  }

  /// The mean share of train rows that are of a query's class: recall at 1 of rows in a random order.
  public static func chance(_ given: EvaluationTask) throws(Failure) -> Double? {
    let task = try ClassificationTask(train: given.train, test: given.measured)
    let leavesOneOut = given.test == nil
    let rows = Double(max(task.trainLabels.count - (leavesOneOut ? 1 : 0), 1))
    let shares = relevantRows(task, leavesOneOut: leavesOneOut).map { Double($0) / rows }
    return shares.reduce(0, +) / Double(shares.count)
  }

  /// How many train rows are of each query's class.
  private static func relevantRows(_ task: ClassificationTask, leavesOneOut: Bool) -> [Int] {
    var rowsOfClass = [Int](repeating: 0, count: task.classCount)
    for label in task.trainLabels { rowsOfClass[label] += 1 }
    return task.testLabels.map { label in
      label.map { rowsOfClass[$0] - (leavesOneOut ? 1 : 0) } ?? 0
    }
  }

  /// About ten queries to show, of as many classes as there are: the first row of each of evenly spread classes, then
  /// the second ones.
  private static func spreadQueries(_ task: ClassificationTask) -> [Int] {
    let rowsOfClass = Dictionary(grouping: task.testClasses.indices) { task.testClasses[$0] }
    let labels = rowsOfClass.keys.sorted()
    let count = min(labels.count, shownQueries)
    let chosen = (0..<count).map { labels[$0 * labels.count / count] }
    let rounds = (shownQueries + count - 1) / count
    return (0..<rounds).flatMap { round in
      chosen.compactMap { label in rowsOfClass[label]?.dropFirst(round).first }
    }
  }
}
