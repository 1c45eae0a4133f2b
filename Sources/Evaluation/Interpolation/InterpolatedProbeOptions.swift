import Platform

/// Settings of the interpolation of the k-NN vote with the linear probe.
public struct InterpolatedProbeOptions: DefaultedOptions {
  /// The shares λ of the vote to choose from; 0 is the linear probe alone, 1 the vote alone.
  public var lambda = (1...19).map { Double($0) / 20 }
  /// The numbers of neighbours to choose from.
  public var k = (0...9).map { 1 << $0 }
  /// The T of the vote weights exp(s/T) to choose from.
  public var temperature = [1e-4, 1e-3, 1e-2, 0.1, 1, 10]
  /// The settings of the linear probe; its held-out rows choose λ, k and T too.
  public var linear = LinearProbeOptions()

  /// The defaults.
  public init() {}

  /// What each number may be.
  public static let ranges: [String: KeyRange] = [
    "lambda": .share, "k": .count, "temperature": .above(0, to: 1e6),
  ]

  /// Checks the settings of the linear probe.
  public func validate() throws(Failure) {
    try located("linear") { () throws(Failure) in try linear.check() }
  }
}
