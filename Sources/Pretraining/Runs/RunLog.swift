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

  /// The spread of the features' directions before this step. This and the values below are there where a look at the
  /// features was due (`train.featureSteps`), and known.
  public var featureStd: Double?
  /// The effective rank of the features.
  public var rankMe: Double?
  /// The highest that the effective rank could be: the smaller of samples and width.
  public var directions: Int?
  /// The mean squared distance of positive pairs.
  public var alignment: Double?
  /// The uniformity of the features.
  public var uniformity: Double?
  /// The entropy of the teacher in nats.
  public var teacherEntropy: Double?
  /// The loss without a look at the images.
  public var baselineLoss: Double?

  /// Adds what a look at the features found.
  mutating func add(_ health: FeatureHealth) {
    (featureStd, rankMe, directions) = (health.featureStd, health.rankMe, health.directions)
    (alignment, uniformity) = (health.alignment, health.uniformity)
    (teacherEntropy, baselineLoss) = (health.teacherEntropy, health.baseline?.value)
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

  func append(_ line: Metrics) throws(Failure) {
    try metrics.append(line)
    let health: [(String, Double?)] = [
      ("featureStd", line.featureStd), ("rankMe", line.rankMe), ("alignment", line.alignment),
      ("uniformity", line.uniformity), ("teacherEntropy", line.teacherEntropy),
      ("baselineLoss", line.baselineLoss),
    ]
    try events.append(
      [
        .init(tag: "loss", value: Float(line.loss)),
        .init(tag: "learningRate", value: Float(line.learningRate)),
        .init(tag: "gradNorm", value: Float(line.gradNorm)),
        .init(tag: "imagesPerSecond", value: Float(line.imagesPerSecond)),
        .init(tag: "dataWait", value: Float(line.dataWait)),
      ] + health.compactMap { tag, value in value.map { .init(tag: tag, value: Float($0)) } },
      step: line.step)
    try events.flush()
  }
}
