import Foundation

/// Half a cosine from one value to another over a training: to + (from − to)·(1 + cos(πt))/2, t from 0 to 1; for the
/// momentum of teachers and for weight decay (Grill et al., 2020; Caron et al., 2021).
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
  public func value(at fraction: Double) -> Double {
    end + (start - end) * 0.5 * (1 + cos(Double.pi * min(max(fraction, 0), 1)))
  }
}
