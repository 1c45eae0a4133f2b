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

  /// What each number may be.
  public static let ranges: [String: KeyRange] = [
    "l2": .above(0, to: 1e9), "heldOutShare": .above(0, below: 1), "selectionRows": .count,
    "maximumIterations": .count,
  ]
}
