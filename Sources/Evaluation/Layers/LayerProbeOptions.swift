import Platform

/// Settings of the probe by depth.
public struct LayerProbeOptions: DefaultedOptions {
  /// What probes the features behind each block.
  public enum Probe: String, Codable, Sendable, CaseIterable {
    /// The linear probe.
    case linear
    /// The vote of nearest neighbours.
    case knn
  }

  /// What probes the features behind each block.
  public var evaluator = Probe.linear
  /// Of `linear`, its settings, with few penalties to choose from, since every block is fitted.
  public var linear: LinearProbeOptions = {
    var options = LinearProbeOptions()
    options.l2 = [1, 1e-2, 1e-4]
    return options
  }()
  /// Of `knn`, neighbours that vote.
  public var k = 20

  /// The defaults.
  public init() {}

  /// What each number may be.
  public static let ranges: [String: KeyRange] = ["k": .count]

  /// Checks the settings of the linear probe.
  public func validate() throws(Failure) {
    try located("linear") { () throws(Failure) in try linear.check() }
  }
}
