import Foundation
import Platform
import Records

extension StudyRunResult {
  /// Reads what a run has logged.
  ///
  /// `divergedAt` is the step that was not finite; nil when there was none.
  ///
  /// - Throws: `Failure` when the log cannot be read.
  public init(
    metrics: URL, plannedSteps: Int, divergedAt: Int?, scores: [String: Double]
  ) throws(Failure) {
    var losses = LossHistory()
    var speeds: [Double] = []
    var last: MetricsLine?
    var health: [String: Double] = [:]
    if FileManager.default.fileExists(atPath: metrics.path) {
      try LineReader.forEachLine(of: metrics) { text in
        guard let line = MetricsLine(json: text) else { return }
        if let loss = line[.loss] { losses.append(step: line.step, loss: loss) }
        if let known = line[.baselineLoss] { losses.trivial = known }
        for metric in Metric.ofFeatures { if let value = line[metric] { health[metric.key] = value } }
        if let speed = line.finite(.imagesPerSecond) { speeds.append(speed) }
        last = line
      }
    }
    self.init(
      stability: divergedAt.map { .diverged(step: $0) } ?? losses.stability,
      steps: divergedAt.map { $0 - 1 } ?? last?.step ?? 0, plannedSteps: plannedSteps, scores: scores)
    loss = losses.smoothed.last?.loss
    finalLoss = last?.finite(.loss)
    imagesPerSecond = speeds.isEmpty ? nil : speeds.sorted()[speeds.count / 2]
    seconds = last?.finite(.seconds)
    self.health = health
  }
}

/// Losses by step, smoothed over twentieths of the run.
struct LossHistory {
  private var lines: [(step: Int, loss: Double)] = []
  /// The newest loss of an answer that does not look at the images; nil where none was logged.
  var trivial: Double?

  mutating func append(step: Int, loss: Double) {
    if loss.isFinite { lines.append((step, loss)) }
  }

  /// Mean of the lines of each twentieth of the steps, and the last step in it; twentieths without a line are left out.
  var smoothed: [(step: Int, loss: Double)] {
    guard let last = lines.last else { return [] }
    return Dictionary(grouping: lines) { ($0.step - 1) * 20 / max(last.step, 1) }
      .sorted { $0.key < $1.key }
      .map { _, part in
        (part[part.count - 1].step, part.reduce(0) { $0 + $1.loss } / Double(part.count))
      }
  }

  /// The verdict on a run whose every step was finite.
  var stability: Stability {
    let smoothed = smoothed
    guard let end = smoothed.last, let lowest = smoothed.map(\.loss).min() else { return .finished }
    if end.loss > 1.5 * lowest, let calm = smoothed.lastIndex(where: { $0.loss <= 1.5 * lowest }) {
      return .diverged(step: smoothed[calm].step + 1)
    }
    guard let tenth = smoothed.first(where: { 10 * $0.step >= end.step }), tenth.step < end.step else {
      return .finished
    }
    let isTrivial = trivial.map { end.loss >= 0.98 * $0 } ?? false
    return isTrivial || end.loss > 0.98 * tenth.loss ? .stalled : .finished
  }
}
