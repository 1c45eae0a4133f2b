import Foundation

/// What was measured; the keys of `vitrail bench step --json`.
public struct StepBenchmarkResult: Codable, Sendable, CustomStringConvertible {
  /// The shape's name.
  public let shape: String
  /// Number of lanes.
  public let lanes: Int
  /// Samples a step.
  public let batch: Int
  /// From the median step.
  public let imagesPerSecond: Double
  /// The median step.
  public let millisecondsPerStep: Double
  /// 10⁹ floating-point operations a second, those of the matrix products only.
  public let gflops: Double
  /// What the same matrix products alone, on all lanes at once, would allow.
  public let gemmBoundImagesPerSecond: Double
  /// Peak resident memory of the process before the products were timed alone.
  public let peakBytes: Int
  /// Trainable scalars.
  public let parameters: Int
  /// From the start of the process to the end of the first step.
  public let secondsToFirstStep: Double
  /// The slowest timed step over the median one.
  public let slowestStepRatio: Double
  /// Share of the timed steps spent waiting for images; 0 on synthetic pixels.
  public let dataWait: Double
  /// The kernels that OpenBLAS chose for this CPU, or that OPENBLAS_CORETYPE made it choose.
  public let kernels: String
  /// Where the time went, if it was counted.
  public let profile: StepProfile?

  /// A few lines for a terminal.
  public var description: String {
    func line(_ name: String, _ value: String) -> String {
      name.padding(toLength: 26, withPad: " ", startingAt: 0) + value
    }
    func number(_ value: Double, _ digits: Int = 1) -> String { String(format: "%.\(digits)f", value) }
    var lines = [
      line(
        "shape", "\(shape): batch \(batch), \(parameters) parameters, \(lanes) lanes, OpenBLAS \(kernels)"),
      line("images/s", number(imagesPerSecond)),
      line("matrix products alone", "\(number(gemmBoundImagesPerSecond)) images/s"),
      line("share of that bound", number(imagesPerSecond / gemmBoundImagesPerSecond, 3)),
      line(
        "ms a step",
        "\(number(millisecondsPerStep, 2)), the slowest \(number(slowestStepRatio, 2)) times that"),
      line("GFLOP/s", number(gflops)),
      line("peak memory", "\(peakBytes / 1_000_000) MB"),
      line("first step after", "\(number(secondsToFirstStep, 2)) s"),
      line("data wait", "\(number(dataWait * 100)) %"),
    ]
    lines += profile?.rows.map { line("  \($0.name)", "\(number($0.share * 100)) %") } ?? []
    return lines.joined(separator: "\n")
  }
}
