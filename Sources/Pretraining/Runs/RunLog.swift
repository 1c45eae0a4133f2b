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
  private let metrics: FileHandle
  private let path: String
  private let events: EventFile

  /// Opens the log; lines of steps after `step` are dropped, because a resumed run repeats them.
  init(_ folder: RunFolder, resumingAfter step: Int) throws(Failure) {
    try Self.keepLines(of: folder.metrics, upTo: step)
    guard let handle = try? FileHandle(forWritingTo: folder.metrics) else {
      throw systemFailure("cannot open the log", folder.metrics.path)
    }
    handle.seekToEndOfFile()
    metrics = handle
    path = folder.metrics.path
    events = try EventFile(in: folder.url)
  }

  func append(_ line: Metrics) throws(Failure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    do {
      var data = try encoder.encode(line)
      data.append(0x0a)
      try metrics.write(contentsOf: data)
    } catch {
      throw systemFailure("cannot write the log", path)
    }
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

  private static func keepLines(of url: URL, upTo step: Int) throws(Failure) {
    struct Step: Decodable { let step: Int }
    let old = (try? Data(contentsOf: url)) ?? Data()
    var kept = Data()
    for line in old.split(separator: 0x0a) {
      guard let decoded = try? JSONDecoder().decode(Step.self, from: Data(line)), decoded.step <= step else {
        continue
      }
      kept.append(contentsOf: line)
      kept.append(0x0a)
    }
    try AtomicFile.write(kept, to: url)
  }
}
