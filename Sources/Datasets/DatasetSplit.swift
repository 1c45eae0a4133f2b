/// The part of a data set that is wanted, where it comes in parts.
public enum DatasetSplit: String, Sendable, Codable, CaseIterable {
  /// What models learn from.
  case train
  /// What models are scored on.
  case test
}
