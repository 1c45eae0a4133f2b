import Platform

extension KeyRange {
  /// A decay of weights.
  static let weightDecay = from(0, to: 1e6)
  /// The share of itself that an average keeps; 1 would never let go.
  static let momentum = from(0, below: 1)
}
