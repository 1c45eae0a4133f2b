/// When and where a run ceased to be finite; `diverged.json` of its folder.
public struct Divergence: Codable, Sendable, Equatable {
  /// The step whose loss or gradient is not finite, from 1.
  public var step: Int
  /// The first weights, output or gradient that is not.
  public var first: String

  /// Creates a record.
  public init(step: Int, first: String) {
    self.step = step
    self.first = first
  }
}
