import Platform

/// Settings of the linear probe.
public struct LinearProbeOptions: DefaultedOptions {
  /// The penalties λ to choose from, in (1/n)·Σ CE + (λ/2)·‖W‖².
  public var l2: [Double] = [10, 1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6]
  /// Share of every train class that is held out to choose λ.
  public var heldOutShare = 0.1
  /// About how many of the other train rows are used to choose λ, at most.
  public var selectionRows = 20_000
  /// Chooses which rows are held out.
  public var seed: UInt64 = 0
  /// L-BFGS steps a fit, at most.
  public var maximumIterations = 1000

  /// The defaults.
  public init() {}

  /// Checks the ranges.
  public func validate(at place: String) throws(Failure) {
    try requireOption(
      "l2", l2, !l2.isEmpty && l2.allSatisfy { $0 > 0 && $0.isFinite }, "give one or more numbers above 0",
      at: place)
    try requireOption(
      "heldOutShare", heldOutShare, heldOutShare > 0 && heldOutShare < 1, "give a number between 0 and 1",
      at: place)
    try requireOption("selectionRows", selectionRows, selectionRows > 0, "give at least 1", at: place)
    try requireOption(
      "maximumIterations", maximumIterations, maximumIterations > 0, "give at least 1", at: place)
  }
}
