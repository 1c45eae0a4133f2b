import Foundation
import Platform
import Records

/// What `metrics.jsonl` tells about a run, read in bounded memory: a gigabyte of lines took 66 MB and 18 s.
///
/// A resumed run goes back to its checkpoint and logs some steps again; of what it logged at or
/// after the step it went back to, only the later lines count.
public struct MetricsSummary: Sendable {
  /// The last line that counts.
  public let last: MetricsLine
  /// How many lines count.
  public let lineCount: Int
  /// How many lines a resumed run logged anew.
  public let replacedCount: Int
  /// How many lines were no whole JSON object with a step, such as the one during which a run crashed.
  public let unreadableCount: Int
  /// The median of the lines' images a second; NaN without any.
  public let medianImagesPerSecond: Double
  /// The share of time spent waiting for data, each line weighted by its time; NaN without any.
  public let dataWait: Double
  /// The last measurement of the features; nil before the first.
  let features: MetricsLine?
  private let curves: MetricCurves

  /// A number with a plot over the steps; nil where there is none, and of what was never measured.
  public subscript(metric: Metric) -> DecimatedSeries? { curves[metric] }

  /// Reads a file twice: first for what was logged anew, then for the values.
  ///
  /// - Throws: `Failure` when the file is missing, unreadable, or has no readable line.
  public init(contentsOf url: URL) throws(Failure) {
    guard let size = RunContents.size(of: url) else {
      throw Failure(
        "there is no metrics.jsonl", at: url.path,
        mend: "name a run folder that `vitrail pretrain` wrote, after its first logged step")
    }
    let returns = try Returns(contentsOf: url, limit: size)
    var reading = Reading(returns: returns)
    try LineReader.forEachLine(of: url, limit: size) { reading.add($0) }
    guard let last = reading.last else {
      throw Failure(
        "metrics.jsonl has no readable line", at: url.path,
        mend: "wait until the run has logged its first step, then report again")
    }
    self.last = last
    lineCount = reading.lineCount
    replacedCount = reading.replacedCount
    unreadableCount = reading.unreadableCount
    medianImagesPerSecond = median(reading.speeds)
    dataWait = reading.waitWeight > 0 ? reading.waitSum / reading.waitWeight : .nan
    features = reading.features
    curves = reading.curves
  }
}

extension MetricsSummary {
  /// What the run has come to in words; nil where nothing tells.
  var verdict: RunVerdict? {
    RunVerdict(
      loss: last[.loss] ?? .nan, blindLoss: features?[.baselineLoss], rankMe: features?[.rankMe],
      directions: features?[.directions].flatMap(Int.init(exactly:)))
  }
}

/// Where a run went back to an earlier step: ascending lines with ascending steps.
private struct Returns {
  private(set) var entries: [(line: Int, step: Int)] = []

  init(contentsOf url: URL, limit: Int) throws(Failure) {
    var found: [(line: Int, step: Int)] = []
    var line = 0
    var previous = -1
    try LineReader.forEachLine(of: url, limit: limit) { text in
      line += 1
      guard let step = MetricsLine(json: text)?.step else { return }
      if step <= previous {
        while let earlier = found.last, earlier.step >= step { found.removeLast() }
        found.append((line, step))
      }
      previous = step
    }
    entries = found
  }
}

private struct Reading {
  private let returns: [(line: Int, step: Int)]
  private var passed = 0
  private var line = 0
  private var previousSeconds = 0.0
  private(set) var last: MetricsLine?
  private(set) var features: MetricsLine?
  private(set) var lineCount = 0
  private(set) var replacedCount = 0
  private(set) var unreadableCount = 0
  private(set) var speeds: [Float] = []
  private(set) var waitSum = 0.0
  private(set) var waitWeight = 0.0
  private(set) var curves = MetricCurves()

  init(returns: Returns) { self.returns = returns.entries }

  mutating func add(_ text: ArraySlice<UInt8>) {
    line += 1
    guard let values = MetricsLine(json: text) else {
      if text.contains(where: { $0 > 32 }) { unreadableCount += 1 }
      return
    }
    let seconds = values.finite(.seconds)
    let elapsed = (seconds ?? .nan) - previousSeconds
    if let seconds { previousSeconds = seconds }
    while passed < returns.count && returns[passed].line <= line { passed += 1 }
    if passed < returns.count && values.step >= returns[passed].step {
      replacedCount += 1
      return
    }
    last = values
    if values.hasFeatures { features = values }
    lineCount += 1
    if let speed = values.finite(.imagesPerSecond) { speeds.append(Float(speed)) }
    if let wait = values.finite(.dataWait) {
      let weight = elapsed > 0 ? elapsed : 1e-9
      waitSum += weight * wait
      waitWeight += weight
    }
    curves.append(values)
  }
}

private func median(_ values: [Float]) -> Double {
  guard !values.isEmpty else { return .nan }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1
    ? Double(sorted[middle]) : (Double(sorted[middle - 1]) + Double(sorted[middle])) / 2
}
