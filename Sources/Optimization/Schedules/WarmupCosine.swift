/// Linear warm-up, then half a cosine down to a floor; a function of the fractional epoch (Loshchilov & Hutter, 2016).
public struct WarmupCosine: Sendable, Equatable {
  /// The highest rate.
  public let peak: Double
  /// The rate at the end.
  public let minimum: Double
  /// Epochs of warm-up.
  public let warmupEpochs: Double
  /// Epochs in all.
  public let epochs: Double

  /// Creates a schedule.
  public init(peak: Double, minimum: Double = 0, warmupEpochs: Double, epochs: Double) {
    self.peak = peak
    self.minimum = minimum
    self.warmupEpochs = warmupEpochs
    self.epochs = epochs
  }

  /// The rate at a fractional epoch: 0 at 0, `peak` at the end of warm-up, `minimum` at the end.
  public func rate(at epoch: Double) -> Double {
    if epoch < warmupEpochs { return peak * epoch / warmupEpochs }
    guard epochs > warmupEpochs else { return peak }
    return HalfCosine(from: peak, to: minimum).value(at: (epoch - warmupEpochs) / (epochs - warmupEpochs))
  }
}
