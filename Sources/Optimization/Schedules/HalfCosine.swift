import Foundation

/// Half a cosine from one value to another over a training: to + (from − to)·(1 + cos(πt))/2, t from 0 to 1; for learning
/// rates, the momentum of teachers and weight decay (Loshchilov & Hutter, 2016; Grill et al., 2020; Caron et al., 2021).
public struct HalfCosine: Sendable, Equatable {
  /// The value at the start.
  public let start: Double
  /// The value at the end.
  public let end: Double

  /// Creates a schedule.
  public init(from start: Double, to end: Double) {
    self.start = start
    self.end = end
  }

  /// The value when `fraction` of the training is done; beyond 1 the end.
  public func value(at fraction: Double) -> Double { value(after: fraction, of: 1) }

  /// The value after `done` of `total` steps or epochs; beyond the total the end.
  public func value(after done: Double, of total: Double) -> Double {
    end + (start - end) * 0.5 * (1 + cos(Double.pi * min(max(done, 0), total) / total))
  }
}
