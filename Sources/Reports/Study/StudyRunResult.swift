import Foundation
import Platform

/// What came of one run of a study; `result.json` of its folder.
public struct StudyRunResult: Codable, Sendable, Equatable {
  /// Whether the run came to its end, and to something.
  public var stability: Stability
  /// Optimiser steps done, and those planned.
  public var steps, plannedSteps: Int
  /// Mean loss over the last twentieth of the steps done; absent when none was logged.
  public var loss: Double?
  /// Loss of the last logged line.
  public var finalLoss: Double?
  /// Median over the logged lines.
  public var imagesPerSecond: Double?
  /// Training seconds.
  public var seconds: Double?
  /// Accuracies by evaluator.
  public var scores: [String: Double]
  /// What the last look at the features found, by its keys in the log; nil in results from before it was kept.
  public var health: [String: Double]?

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
    var health: [LoggedHealth: Double] = [:]
    if FileManager.default.fileExists(atPath: metrics.path) {
      try LineReader.forEachLine(of: metrics) { text in
        guard let line = MetricsLine(json: text) else { return }
        losses.append(step: line.step, loss: line.loss)
        if let known = line.health[.baselineLoss] { losses.trivial = known }
        health.merge(line.health) { $1 }
        if line.imagesPerSecond.isFinite { speeds.append(line.imagesPerSecond) }
        last = line
      }
    }
    stability = divergedAt.map { .diverged(step: $0) } ?? losses.stability
    steps = divergedAt.map { $0 - 1 } ?? last?.step ?? 0
    self.plannedSteps = plannedSteps
    loss = losses.smoothed.last?.loss
    finalLoss = last.flatMap { $0.loss.isFinite ? $0.loss : nil }
    imagesPerSecond = speeds.isEmpty ? nil : speeds.sorted()[speeds.count / 2]
    seconds = last.flatMap { $0.seconds.isFinite ? $0.seconds : nil }
    self.scores = scores
    self.health = Dictionary(uniqueKeysWithValues: health.map { ($0.key.rawValue, $0.value) })
  }
}

/// How a run ended.
public enum Stability: Codable, Sendable, Equatable {
  /// All steps are done and the loss has fallen.
  case finished
  /// A loss or gradient was not finite, at that step; or the smoothed loss rose to more than 1.5 times its lowest and
  /// stayed there to the end, from that step on.
  case diverged(step: Int)
  /// The smoothed loss fell by less than 2 % from a tenth of the run to its end, or ended at 0.98 of its trivial baseline
  /// or more, where the log knows it: what was learnt is what any model learns of the mean.
  case stalled

  /// `finished`, `stalled`, `diverged at step 17`.
  public var text: String {
    switch self {
    case .finished: "finished"
    case .diverged(let step): "diverged at step \(step)"
    case .stalled: "stalled"
    }
  }

  /// The first word of `text`.
  var kind: String { String(text.prefix { $0 != " " }) }

  private enum Key: String, CodingKey { case kind, step }

  /// Decodes `{"kind": "diverged", "step": 17}`; other kinds have no step.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    switch try keys.decode(String.self, forKey: .kind) {
    case "finished": self = .finished
    case "stalled": self = .stalled
    case "diverged": self = .diverged(step: try keys.decode(Int.self, forKey: .step))
    case let kind:
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: keys, debugDescription: "found '\(kind)', wanted finished, diverged or stalled")
    }
  }

  /// Encodes the same.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Key.self)
    try keys.encode(kind, forKey: .kind)
    if case .diverged(let step) = self { try keys.encode(step, forKey: .step) }
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
