import Platform

extension KeyRange {
  /// What similarities are divided by.
  static let temperature = from(1e-3, to: 100)
  /// The width of a layer of a head.
  static let headWidth = from(1, to: 65536)
}
