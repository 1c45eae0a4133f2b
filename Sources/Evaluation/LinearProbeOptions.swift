import Platform

/// Settings of the linear probe.
public struct LinearProbeOptions: Codable, Sendable, Equatable {
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

  /// Reads the keys that are given; the others keep their defaults.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    l2 = try keys.decodeIfPresent([Double].self, forKey: .l2) ?? l2
    heldOutShare = try keys.decodeIfPresent(Double.self, forKey: .heldOutShare) ?? heldOutShare
    selectionRows = try keys.decodeIfPresent(Int.self, forKey: .selectionRows) ?? selectionRows
    seed = try keys.decodeIfPresent(UInt64.self, forKey: .seed) ?? seed
    maximumIterations = try keys.decodeIfPresent(Int.self, forKey: .maximumIterations) ?? maximumIterations
  }

  func check() throws(Failure) {
    guard !l2.isEmpty, l2.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw Failure("\(l2) are not penalties", at: "linear.l2", mend: "give one or more numbers above 0")
    }
    guard heldOutShare > 0, heldOutShare < 1 else {
      throw Failure(
        "\(heldOutShare) is not a share", at: "linear.heldOutShare", mend: "give a number between 0 and 1")
    }
    guard selectionRows > 0 else {
      throw Failure("\(selectionRows) is too few", at: "linear.selectionRows", mend: "give at least 1")
    }
    guard maximumIterations > 0 else {
      throw Failure(
        "\(maximumIterations) is too few", at: "linear.maximumIterations", mend: "give at least 1")
    }
  }
}
