import Foundation

/// The singular values of a matrix in double precision, by LAPACK's divide and conquer, without its vectors.
public struct Spectrum: Sendable {
  /// σ, largest first: min(rows, columns) of them.
  public let values: [Double]

  /// Decomposes a matrix [rows, columns], row-major; nil when its entries are not finite.
  public init?(of matrix: [Double], rows: Int, columns: Int) {
    precondition(
      matrix.count == rows * columns && rows > 0 && columns > 0,
      "Spectrum: \(matrix.count) values for [\(rows), \(columns)]")
    // LAPACK reads the transpose, whose singular values are the same.
    guard let found = LAPACK.decompose(matrix, rows: columns, columns: rows, vectors: false),
      found.values.allSatisfy(\.isFinite)
    else { return nil }
    values = found.values
  }

  /// RankMe (Garrido et al., 2022): exp(−Σ p_k·log p_k), p_k = σ_k/Σσ + 1e-7.
  ///
  /// From 1, one direction, to the number of singular values; 1 for a matrix of zeros.
  public var rankMe: Double {
    let total = values.reduce(0, +)
    guard total > 0 else { return 1 }
    let entropy = values.reduce(0) { sum, value in
      let share = value / total + 1e-7
      return sum - share * log(share)
    }
    return exp(entropy)
  }
}
