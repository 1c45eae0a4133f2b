import Platform

extension KeyRange {
  /// An ε that keeps squares from 0 in `Float`, and does not outweigh what it is added to; 1e-6 and 1e-5 are usual.
  static let epsilon = from(1e-12, to: 1)
}
