import Foundation
import Platform

/// One logged step; a line of `metrics.jsonl`.
public struct Metrics: Codable, Sendable, Equatable {
  /// The step, from 1.
  public var step: Int
  /// The fractional epoch at the end of the step.
  public var epoch: Double
  /// Mean loss of the steps since the last line.
  public var loss: Double
  /// The rate of this step.
  public var learningRate: Double
  /// Norm of this step's gradient before clipping.
  public var gradNorm: Double
  /// Since the last line.
  public var imagesPerSecond: Double
  /// Share of the time since the last line spent waiting for data.
  public var dataWait: Double
  /// Training seconds since the run began, over all its sessions.
  public var seconds: Double
}

/// Appends to `metrics.jsonl` and the TensorBoard file of a run.
final class RunLog {
  private let metrics: StepLines
  private let events: EventFile

  /// Opens the log; lines of steps after `step` are dropped, because a resumed run repeats them.
  init(_ folder: RunFolder, resumingAfter step: Int) throws(Failure) {
    metrics = try StepLines(folder.metrics, resumingAfter: step)
    events = try EventFile(in: folder.url)
  }

  func append(_ line: Metrics) throws(Failure) {
    try metrics.append(line)
    try events.append(
      [
        .init(tag: "loss", value: Float(line.loss)),
        .init(tag: "learningRate", value: Float(line.learningRate)),
        .init(tag: "gradNorm", value: Float(line.gradNorm)),
        .init(tag: "imagesPerSecond", value: Float(line.imagesPerSecond)),
        .init(tag: "dataWait", value: Float(line.dataWait)),
      ], step: line.step)
    try events.flush()
  }
}
