import Foundation
import Platform
import Records

extension MetricsLine {
  /// Adds what a measurement of the features found.
  mutating func add(_ health: FeatureHealth) {
    (self[.featureStd], self[.rankMe], self[.directions]) = (
      health.featureStd, health.rankMe, Double(health.directions)
    )
    (self[.alignment], self[.uniformity]) = (health.alignment, health.uniformity)
    (self[.teacherEntropy], self[.baselineLoss]) = (health.teacherEntropy, health.baseline?.value)
    self[.distillation] = health.distillation
  }
}

/// Appends to `metrics.jsonl` and the TensorBoard file of a run.
final class RunLog {
  private let metrics: StepLines
  private let events: EventFile

  /// Opens the log; lines of steps after `step` are dropped, because a resumed run repeats them.
  init(_ folder: RunFolder, resumingAfter step: Int) throws(Failure) {
    metrics = try StepLines(folder.metrics, resumingAfter: step)
    events = try EventFile(in: folder.url)
    try events.beginSession(step: step + 1)
  }

  /// Adds numbers of a step to the TensorBoard file alone, as `group/name`.
  func append(_ values: [String: Double], group: String, step: Int) throws(Failure) {
    try events.append(
      values.sorted { $0.key < $1.key }.map { .init(tag: "\(group)/\($0.key)", value: Float($0.value)) },
      step: step)
    try events.flush()
  }

  func append(_ line: MetricsLine) throws(Failure) {
    try metrics.append(line)
    try events.append(
      Metric.events.compactMap { metric in
        line[metric].map { .init(tag: metric.key, value: Float($0)) }
      }, step: line.step)
    try events.flush()
  }
}
