import Foundation
import Platform
import Records

extension StudyResults.Row {
  /// What has come of the runs that have ended.
  var ended: [StudyRunResult] { runs.compactMap(\.result) }

  /// Mean and spread of a column over the runs that have ended; nil where none has a value.
  func summary(_ column: StudyColumn) -> MeanAndSpread? { MeanAndSpread(ended.compactMap(column.value)) }

  /// How the runs ended: `finished`, `2 finished, 1 diverged at step 17`.
  var stability: String {
    let texts = ended.map(\.stability.text)
    var kinds: [String] = []
    for text in texts where !kinds.contains(text) { kinds.append(text) }
    let counted = kinds.map { kind in
      let count = texts.count { $0 == kind }
      return count == texts.count ? kind : "\(count) \(kind)"
    }
    let missing = runs.count - ended.count
    return (counted + (missing > 0 ? ["\(missing) to come"] : [])).joined(separator: ", ")
  }
}

extension StudyResults {
  /// The columns that have a value somewhere.
  var columns: [StudyColumn] {
    let results = tables.flatMap(\.rows).flatMap(\.ended)
    let scores = Set(results.flatMap(\.scores.keys))
    let order = ["linear", "knn"]
    let names = order.filter(scores.contains) + scores.subtracting(order).sorted()
    let health = [Metric.rankMe, .featureStd].map { StudyColumn.health($0) }
    return [.loss] + names.map { .score($0) }
      + health.filter { column in results.contains { column.value($0) != nil } } + [.imagesPerSecond, .steps]
  }

  /// Writes `results.csv`, `table.md` and `table.html`.
  ///
  /// - Throws: `Failure` when a file cannot be written.
  public func write(to folder: URL) throws(Failure) {
    let page = StudyPage(self, folder: folder)
    for (file, text) in [(StudyOutput.results, csv), (.markdown, markdown), (.page, page.html)] {
      try AtomicFile.write(Data(text.utf8), to: file.url(in: folder))
    }
  }
}

/// A mean with its standard deviation (of a sample: n − 1).
struct MeanAndSpread: Equatable {
  let mean: Double
  /// Nil for a single value.
  let deviation: Double?
  let values: [Double]

  init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    self.mean = mean
    self.values = values
    deviation =
      values.count > 1
      ? (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot() : nil
  }
}

/// A number of a run that tables show.
enum StudyColumn: Equatable {
  case loss, imagesPerSecond, steps
  case score(String)
  case health(Metric)

  /// The value of a run; nil where it has none.
  func value(_ result: StudyRunResult) -> Double? {
    switch self {
    case .loss: result.loss
    case .imagesPerSecond: result.imagesPerSecond
    case .steps: Double(result.steps)
    case .score(let name): result.scores[name]
    case .health(let metric): result.health?[metric.key]
    }
  }

  /// The heading.
  var title: String {
    switch self {
    case .loss: "loss"
    case .imagesPerSecond: "images/s"
    case .steps: "steps"
    case .score("linear"): "linear probe, %"
    case .score("knn"): "k-NN, %"
    case .score(let name): "\(name), %"
    case .health(let metric): metric.columnTitle
    }
  }

  /// Digits after the point.
  var decimals: Int {
    switch self {
    case .loss: 4
    case .imagesPerSecond, .steps: 0
    case .score: 2
    case .health(let metric): metric == .rankMe ? 1 : 3
    }
  }

  /// What values are multiplied by to be shown.
  var factor: Double { if case .score = self { 100 } else { 1 } }

  /// `0.4123 ± 0.0012`; a dash for nothing.
  func text(_ summary: MeanAndSpread?) -> String {
    guard let summary else { return "–" }
    func shown(_ value: Double) -> String { NumberText.fixed(value * factor, decimals: decimals) }
    return shown(summary.mean) + (summary.deviation.map { " ± \(shown($0))" } ?? "")
  }
}
